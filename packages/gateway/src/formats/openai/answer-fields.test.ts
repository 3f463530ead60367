import { expect, test } from 'vitest'
import type { ChatCodec } from '../../neutral/codec.ts'
import type { FormatName } from '../../neutral/content.ts'
import { readStream } from '../../neutral/testing/read-stream.ts'
import { anthropicMessages } from '../anthropic/codec.ts'
import { openAiChat } from '../openai-chat/codec.ts'
import { openAiResponses } from '../openai-responses/codec.ts'
import { sseEvent } from '../sse-text.ts'
import type { JsonObject } from '../parse-json.ts'
import { exampleOptions } from './testing/example-options.ts'

/** An answer of a provider as a client of `to` gets it. */
function written(from: ChatCodec, to: ChatCodec, body: JsonObject) {
  const answer = from.readAnswer(body)
  if (answer === undefined) throw new Error('No answer.')
  return JSON.parse(JSON.stringify(to.writeAnswer(answer, optionsOf(to.name, from.name))))
}

/** The chunks of a provider as a client of `to` gets them. */
function streamed(from: ChatCodec, to: ChatCodec, chunks: readonly JsonObject[]): string {
  const text = chunks.map((chunk) => sseEvent(JSON.stringify(chunk))).join('')
  const events = readStream(from.makeStreamReader(), Buffer.from(text))
  return to.makeStreamWriter(optionsOf(to.name, from.name)).write(events)
}

const optionsOf = (to: FormatName, from: FormatName) => ({ ...exampleOptions(to), from })

const filtered = { hate: { filtered: false, severity: 'safe' } }
const moderation = { output: { type: 'moderation_results', model: 'omni', results: [] } }
const response = {
  id: 'resp_1',
  object: 'response',
  created_at: 5,
  status: 'completed',
  model: 'gpt',
  output: [
    {
      type: 'function_call',
      id: 'fc_1',
      call_id: 'call_1',
      name: 'f',
      arguments: '{}',
      status: 'completed',
      namespace: 'crm',
      caller: { type: 'direct' },
    },
  ],
}

test("fields that only chat completions have in a choice stay, such as the results of Azure's filters", () => {
  const choice = {
    index: 0,
    finish_reason: 'stop',
    logprobs: null,
    content_filter_results: filtered,
    content_filter_offsets: {},
    message: { role: 'assistant', content: 'Hi' },
  }
  const body = { id: 'x', object: 'chat.completion', created: 5, model: 'm', choices: [choice] }
  const [own] = written(openAiChat, openAiChat, body).choices
  expect(own).toMatchObject({ content_filter_results: filtered, message: { content: 'Hi' } })
  expect(own).not.toHaveProperty('content_filter_offsets')
  expect(JSON.stringify(written(openAiChat, anthropicMessages, body))).not.toContain('content_filter')
})

test('they stay in a stream as well', () => {
  const head = { id: 'x', object: 'chat.completion.chunk', created: 5, model: 'm' }
  const text = streamed(openAiChat, openAiChat, [
    {
      ...head,
      choices: [{ index: 0, delta: { role: 'assistant', content: 'Hi' }, content_filter_results: filtered }],
    },
    { ...head, choices: [{ index: 0, delta: {}, finish_reason: 'stop', content_filter_results: {} }] },
  ])
  const choices = [...text.matchAll(/data: (\{.*\})/g)].flatMap(([, json]) => JSON.parse(json ?? '').choices)
  expect(choices.filter((choice) => choice.content_filter_results !== undefined)).toEqual([
    expect.objectContaining({ content_filter_results: filtered, finish_reason: null }),
  ])
  expect(choices.map(({ delta }) => delta.content ?? '').join('')).toBe('Hi')
})

test("the moderation that a client asked for comes also from a provider of OpenAI's other format", () => {
  const message = { role: 'assistant', content: 'Hi' }
  const choices = [{ index: 0, finish_reason: 'stop', message }]
  const chat = { id: 'x', object: 'chat.completion', created: 5, model: 'm', choices, moderation }
  expect(written(openAiChat, openAiResponses, chat)).toMatchObject({ moderation })
  expect(written(openAiResponses, openAiChat, { ...response, moderation })).toMatchObject({ moderation })
  expect(written(openAiChat, anthropicMessages, chat)).not.toHaveProperty('moderation')
})

test('it comes in streams too', () => {
  const chunk = {
    id: 'x',
    object: 'chat.completion.chunk',
    created: 5,
    model: 'm',
    choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: 'stop' }],
    moderation,
  }
  expect(streamed(openAiChat, openAiResponses, [chunk])).toMatch(
    /response\.completed.*"moderation":\{"output"/,
  )
  const created = { type: 'response.created', response: { ...response, output: [], status: 'in_progress' } }
  const completed = { type: 'response.completed', response: { ...response, moderation } }
  const usage = { input_tokens: 1, output_tokens: 2 }
  const chat = streamed(openAiResponses, openAiChat, [
    created,
    { ...completed, response: { ...completed.response, usage } },
  ])
  expect(chat).toContain('"moderation":{"output"')
})

test('a call that is written anew for its own format keeps its namespace and who made it', () => {
  expect(written(openAiResponses, openAiResponses, response).output).toMatchObject([
    { call_id: 'call_1', namespace: 'crm', caller: { type: 'direct' }, status: 'completed' },
  ])
  const text = streamed(openAiResponses, openAiResponses, [
    { type: 'response.created', response: { ...response, output: [] } },
    { type: 'response.completed', response },
  ])
  expect(text).toMatch(/response\.output_item\.done.*"namespace":"crm"/)
})

test('what calls of another format say beside the usual is not told to clients of responses', () => {
  const body = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude',
    stop_reason: 'tool_use',
    content: [
      { type: 'tool_use', id: 't', name: 'f', input: {}, caller: { type: 'direct' }, toolset_name: 'x' },
    ],
    usage: { input_tokens: 1, output_tokens: 1 },
  }
  const [call] = written(anthropicMessages, openAiResponses, body).output
  expect(call).toMatchObject({ type: 'function_call', call_id: 't' })
  expect(call).not.toHaveProperty('toolset_name')
  expect(call).not.toHaveProperty('caller')
})
