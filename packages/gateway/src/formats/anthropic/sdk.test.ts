import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerEvents } from '../../neutral/answer-events.ts'
import type { AnswerOptions } from '../../neutral/codec.ts'
import type { NeutralAnswer, NeutralError, NeutralEvent } from '../../neutral/neutral-answer.ts'
import type { NeutralRequest } from '../../neutral/neutral-request.ts'
import { anthropicMessages } from './codec.ts'
import { countTokens } from './count-tokens.ts'

/** What the server answers next, as a provider of another format would have. */
let next: NeutralAnswer | { readonly events: readonly NeutralEvent[] } | { readonly error: NeutralError }
let received: NeutralRequest
let server: Server
let client: Anthropic

async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  received = anthropicMessages.readRequest(JSON.parse(await readText(incoming)), {})
  const options: AnswerOptions = {
    model: received.model,
    id: 'msg_own',
    createdS: 0,
    wantsUsage: true,
    request: received,
  }
  if ('error' in next) {
    outgoing.writeHead(next.error.status, { 'content-type': 'application/json', 'request-id': 'req_own' })
    outgoing.end(JSON.stringify(anthropicMessages.writeError(next.error)))
  } else if (incoming.url?.endsWith('/count_tokens') === true) {
    outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(countTokens(received)))
  } else if (received.isStream) {
    outgoing.writeHead(200, { 'content-type': 'text/event-stream' })
    const writer = anthropicMessages.makeStreamWriter(options)
    const events = 'events' in next ? next.events : answerEvents(next)
    for (const event of events) outgoing.write(writer.write([event]))
    outgoing.end()
  } else if ('choices' in next) {
    outgoing.writeHead(200, { 'content-type': 'application/json' })
    outgoing.end(JSON.stringify(anthropicMessages.writeAnswer(next, options)))
  }
}

beforeAll(async () => {
  server = createServer((incoming, outgoing) => void serve(incoming, outgoing))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  client = new Anthropic({ apiKey: 'sk-test', baseURL: `http://127.0.0.1:${port}`, maxRetries: 0 })
})

afterAll(() => server.close())

const params: Anthropic.MessageCreateParamsNonStreaming = {
  model: 'team-default',
  max_tokens: 1000,
  messages: [{ role: 'user', content: 'Weather in Köln and 東京?' }],
  tools: [{ name: 'get_weather', input_schema: { type: 'object' } }],
}

const answer: NeutralAnswer = {
  id: 'chatcmpl-1',
  model: 'gpt-5',
  createdS: 1_790_000_000,
  choices: [
    {
      index: 0,
      parts: [
        { kind: 'reasoning', text: 'Two calls.', signature: 'c2ln+/==', from: 'gemini' },
        { kind: 'text', text: 'I look\u2028it up – für beide 🌍.' },
        { kind: 'tool-call', id: 'call_a', name: 'get_weather', arguments: '{"city":"Köln","days":[1,2.5]}' },
        { kind: 'tool-call', id: 'call_b', name: 'get_weather', arguments: '' },
      ],
      finish: 'tool-calls',
      finishRaw: 'tool_calls',
    },
  ],
  usage: {
    inputTokens: 120,
    outputTokens: 40,
    cachedInputTokens: 100,
    cacheWriteTokens: 0,
    reasoningTokens: 12,
  },
}

const content = [
  { type: 'thinking', thinking: 'Two calls.', signature: expect.stringMatching(/^[A-Za-z0-9+/=]+$/) },
  { type: 'text', text: 'I look\u2028it up – für beide 🌍.' },
  { type: 'tool_use', id: 'call_a', name: 'get_weather', input: { city: 'Köln', days: [1, 2.5] } },
  { type: 'tool_use', id: 'call_b', name: 'get_weather', input: {} },
]

const usage = {
  input_tokens: 20,
  cache_read_input_tokens: 100,
  output_tokens: 40,
  output_tokens_details: { thinking_tokens: 12 },
}

test('messages.create understands an answer of another provider', async () => {
  next = answer
  const message = await client.messages.create(params)
  expect(message).toMatchObject({
    id: 'chatcmpl-1',
    model: 'team-default',
    content,
    usage,
    stop_reason: 'tool_use',
  })
})

test('A4.32 messages.stream puts the same message together, event by event', async () => {
  next = answer
  const stream = client.messages.stream(params)
  const seen: string[] = []
  stream.on('inputJson', (_partial, snapshot) => seen.push(JSON.stringify(snapshot)))
  const message = await stream.finalMessage()
  expect(message).toMatchObject({
    id: 'chatcmpl-1',
    model: 'team-default',
    content,
    usage,
    stop_reason: 'tool_use',
  })
  expect(seen).toEqual(['{"city":"Köln","days":[1,2.5]}', '{}'])
})

test('A4.22 the turn is sent back as it came, and the thought still proves itself to its provider', async () => {
  next = answer
  const message = await client.messages.create(params)
  const results = { type: 'tool_result', tool_use_id: 'call_a', content: '12 degrees' } as const
  await client.messages.create({
    ...params,
    messages: [
      ...params.messages,
      { role: 'assistant', content: message.content },
      { role: 'user', content: [results] },
    ],
  })
  expect(received.messages.map((item) => item.role)).toEqual(['user', 'assistant', 'tool'])
  expect(received.messages[1]!.content.slice(0, 2)).toEqual([
    { kind: 'reasoning', text: 'Two calls.', signature: 'c2ln+/==', from: 'gemini' },
    { kind: 'text', text: 'I look\u2028it up – für beide 🌍.' },
  ])
})

test('A4.32 calls that a chat provider interleaves arrive whole', async () => {
  const start = (part: number) =>
    ({
      kind: 'part-start',
      choice: 0,
      part,
      start: { kind: 'tool-call', id: `call_${part}`, name: 'get_weather' },
    }) as const
  const delta = (part: number, text: string) => ({ kind: 'part-delta', choice: 0, part, text }) as const
  next = {
    events: [
      { kind: 'start', id: 'x', model: 'm', createdS: 0 },
      start(0),
      start(1),
      delta(1, '{"b":'),
      delta(0, '{"a":'),
      delta(1, '2}'),
      delta(0, '1}'),
      { kind: 'finish', choice: 0, finish: 'tool-calls', finishRaw: 'tool_calls' },
      { kind: 'end' },
    ],
  }
  const message = await client.messages.stream(params).finalMessage()
  expect(message.content).toMatchObject([
    { id: 'call_0', input: { a: 1 } },
    { id: 'call_1', input: { b: 2 } },
  ])
})

test('A4.39 an error within a stream is an error to the SDK, with its type', async () => {
  const error = { status: 529, type: 'overloaded_error', code: 'overloaded_error', message: 'Overloaded' }
  next = {
    events: [
      { kind: 'start', id: 'x', model: 'm', createdS: 0 },
      { kind: 'part-start', choice: 0, part: 0, start: { kind: 'text' } },
      { kind: 'part-delta', choice: 0, part: 0, text: 'Hel' },
      { kind: 'error', error },
    ],
  }
  const failure: unknown = await client.messages
    .stream(params)
    .finalMessage()
    .catch((caught: unknown) => caught)
  expect(failure).toBeInstanceOf(Anthropic.APIError)
  expect(failure).toMatchObject({ type: 'overloaded_error', apiMessage: 'Overloaded' })
})

test.each([
  [400, Anthropic.BadRequestError, 'invalid_request_error'],
  [401, Anthropic.AuthenticationError, 'authentication_error'],
  [403, Anthropic.PermissionDeniedError, 'permission_error'],
  [404, Anthropic.NotFoundError, 'not_found_error'],
  [409, Anthropic.ConflictError, 'conflict_error'],
  [422, Anthropic.UnprocessableEntityError, 'invalid_request_error'],
  [429, Anthropic.RateLimitError, 'rate_limit_error'],
  [500, Anthropic.InternalServerError, 'api_error'],
  [529, Anthropic.APIError, 'overloaded_error'],
])('A4.41 status %i is the error class that users of the SDK catch', async (status, errorClass, type) => {
  next = { error: { status, type: '', code: 'model_not_found', message: 'No model "x".' } }
  const failure: unknown = await client.messages.create(params).catch((caught: unknown) => caught)
  expect(failure).toBeInstanceOf(errorClass)
  expect(failure).toMatchObject({
    status,
    type,
    apiMessage: 'No model "x".',
    errorCode: 'model_not_found',
    requestID: 'req_own',
  })
})

test('messages.countTokens gets an estimate', async () => {
  next = answer
  const { input_tokens: tokens } = await client.messages.countTokens({
    model: params.model,
    messages: params.messages,
  })
  expect(tokens).toBeGreaterThan(5)
  expect(tokens).toBeLessThan(20)
})

test('A4.19 a request of the SDK with images, thinking and server tools is understood', async () => {
  next = answer
  await client.messages.create({
    ...params,
    thinking: { type: 'adaptive' },
    tools: [{ type: 'web_search_20250305', name: 'web_search' }],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
          { type: 'text', text: 'What is it?' },
        ],
      },
    ],
  })
  expect(received).toMatchObject({
    reasoning: { isAdaptive: true },
    tools: [{ kind: 'provider', format: 'anthropic' }],
    messages: [{ content: [{ kind: 'image' }, { kind: 'text' }] }],
  })
})
