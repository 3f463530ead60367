import fc from 'fast-check'
import type { ChatCompletion, ChatCompletionChunk } from 'openai/resources/chat/completions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ContentPart } from '../../neutral/content.ts'
import type { NeutralAnswer } from '../../neutral/neutral-answer.ts'
import { arbitraryStream } from '../../neutral/testing/arbitrary-events.ts'
import { exampleOptions } from '../openai/testing/example-options.ts'
import { startSdkServer, type SdkServer } from '../openai/testing/sdk-server.ts'
import { openAiChat } from './codec.ts'

let t: SdkServer
beforeAll(async () => {
  t = await startSdkServer()
})
afterAll(() => t.stop())

const model = 'openai/gpt-test'
const messages = [{ role: 'user' as const, content: 'Hello' }]
const options = exampleOptions('openai-chat')
const shape = {
  from: 'anthropic' as const,
  kinds: ['text', 'refusal', 'reasoning', 'tool-call'] as const,
  maxChoices: 2,
}

test('the SDK’s stream helper puts the same message together that a whole answer has', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryStream(shape), async ({ answer, events }) => {
      const writer = openAiChat.makeStreamWriter(options)
      t.answerWith({ stream: events.map((event) => writer.write([event])) })
      const final = await t.client.chat.completions
        .stream({ model, messages, stream_options: { include_usage: true } })
        .finalChatCompletion()
      const whole = openAiChat.writeAnswer(answer, options)
      expect(final.choices.map(factsOf)).toEqual((whole as unknown as ChatCompletion).choices.map(factsOf))
      expect(final.usage ?? undefined).toEqual(whole['usage'])
      expect(final).toMatchObject({ id: whole['id'], model, created: whole['created'] })
    }),
    { numRuns: 60 },
  )
})

function factsOf({ index, message, finish_reason }: ChatCompletion.Choice) {
  const calls = (message.tool_calls ?? []).flatMap((call) =>
    call.type === 'function'
      ? [{ id: call.id, name: call.function.name, arguments: call.function.arguments }]
      : [],
  )
  const sorted = calls.toSorted((one, other) => one.id.localeCompare(other.id))
  // The helper starts with no text where a whole answer has an empty one.
  return { index, content: message.content || null, refusal: message.refusal, finish_reason, calls: sorted }
}

test('A4.39 an error event throws in the SDK, so that half an answer is never taken for a whole one', async () => {
  const writer = openAiChat.makeStreamWriter(options)
  const error = { status: 529, type: 'overloaded_error', code: '', message: 'Busy.' }
  const text = writer.write([
    { kind: 'part-start', choice: 0, part: 0, start: { kind: 'text' } },
    { kind: 'part-delta', choice: 0, part: 0, text: 'Half' },
    { kind: 'error', error },
  ])
  t.answerWith({ stream: [text] })
  await expect(
    t.client.chat.completions.stream({ model, messages }).finalChatCompletion(),
  ).rejects.toMatchObject({
    message: expect.stringContaining('Busy.'),
    type: 'server_error',
    code: 'overloaded_error',
  })
})

test('A4.41 an error body gives the SDK type, code and param', async () => {
  const json = openAiChat.writeError({
    status: 400,
    type: 'invalid_request_error',
    code: '',
    message: 'Too long.',
    param: 'messages',
    isContextLength: true,
  })
  t.answerWith({ status: 400, json })
  await expect(t.client.chat.completions.create({ model, messages })).rejects.toMatchObject({
    status: 400,
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
    param: 'messages',
  })
})

test('a request of the SDK is understood, and its answer has the shape that the SDK’s types say', async () => {
  const parts: ContentPart[] = [
    { kind: 'text', text: 'It is ' },
    { kind: 'tool-call', id: 'c', name: 'time', arguments: '{}' },
  ]
  const answer: NeutralAnswer = {
    id: 'a1',
    model: 'm',
    createdS: 1,
    choices: [{ index: 0, parts, finish: 'tool-calls', finishRaw: 'tool_use' }],
    serviceTier: 'default',
  }
  t.answerWith({ status: 200, json: openAiChat.writeAnswer(answer, options) })
  const received = await t.client.chat.completions.create({
    model,
    messages,
    tools: [{ type: 'function', function: { name: 'time', parameters: { type: 'object' }, strict: true } }],
    tool_choice: 'required',
    response_format: { type: 'json_object' },
    seed: 5,
  })
  expect(openAiChat.readRequest(t.bodies.at(-1) ?? {}, {})).toMatchObject({
    model,
    toolChoice: { kind: 'required' },
    output: { kind: 'json' },
    seed: 5,
    tools: [{ kind: 'function', name: 'time', isStrict: true }],
  })
  expect(received).toEqual({
    id: 'a1',
    object: 'chat.completion',
    created: 1,
    model,
    service_tier: 'default',
    choices: [
      {
        index: 0,
        finish_reason: 'tool_calls',
        logprobs: null,
        message: {
          role: 'assistant',
          content: 'It is ',
          refusal: null,
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'time', arguments: '{}' } }],
        },
      },
    ],
  } satisfies ChatCompletion)
})

test('a chunk has the shape that the SDK’s types say', () => {
  const text = openAiChat.makeStreamWriter(options).write([
    { kind: 'start', id: 'a1', model: 'm', createdS: 1 },
    { kind: 'part-start', choice: 0, part: 0, start: { kind: 'tool-call', id: 'c', name: 'f' } },
  ])
  expect(JSON.parse(text.slice('data: '.length))).toEqual({
    id: 'a1',
    object: 'chat.completion.chunk',
    created: 1,
    model,
    choices: [
      {
        index: 0,
        delta: {
          role: 'assistant',
          content: null,
          tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '' } }],
        },
        logprobs: null,
        finish_reason: null,
      },
    ],
    usage: null,
  } satisfies ChatCompletionChunk)
})
