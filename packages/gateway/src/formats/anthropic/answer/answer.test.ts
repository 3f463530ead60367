import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AnswerOptions } from '../../../neutral/codec.ts'
import type { NeutralAnswer, NeutralChoice } from '../../../neutral/neutral-answer.ts'
import { arbitraryAnswer } from '../../../neutral/testing/arbitrary-answer.ts'
import type { JsonObject } from '../../parse-json.ts'
import { readAnswer } from './read-answer.ts'
import { writeAnswer } from './write-answer.ts'

const options: AnswerOptions = {
  model: 'team-default',
  id: 'msg_own',
  createdS: 0,
  wantsUsage: true,
  request: {
    from: 'anthropic',
    model: 'team-default',
    messages: [],
    isStream: false,
    wantsUsage: true,
    tools: [],
    extra: {},
  },
}

const message: JsonObject = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-5',
  content: [
    { type: 'thinking', thinking: 'Hm.', signature: 'EqQB+/==' },
    { type: 'redacted_thinking', data: 'EmwK+/==' },
    {
      type: 'text',
      text: 'It is sunny.',
      citations: [
        {
          type: 'char_location',
          cited_text: 'sun',
          document_index: 0,
          document_title: 'Sky',
          start_char_index: 1,
          end_char_index: 4,
          file_id: null,
        },
      ],
    },
    {
      type: 'server_tool_use',
      id: 'srv_1',
      name: 'web_search',
      input: { query: 'x' },
      caller: { type: 'direct' },
    },
    {
      type: 'tool_use',
      id: 'toolu_1',
      name: 'f',
      input: { a: 1.5 },
      caller: { type: 'code_execution_20260120', tool_id: 'x' },
    },
  ],
  stop_reason: 'tool_use',
  stop_sequence: null,
  stop_details: null,
  container: { id: 'c', expires_at: '2026-12-01T00:00:00Z', skills: null },
  diagnostics: null,
  usage: {
    input_tokens: 21,
    cache_creation_input_tokens: 300,
    cache_read_input_tokens: 1000,
    cache_creation: { ephemeral_5m_input_tokens: 200, ephemeral_1h_input_tokens: 100 },
    output_tokens: 89,
    output_tokens_details: { thinking_tokens: 33 },
    server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 },
    service_tier: 'priority',
    inference_geo: 'eu',
    speed: null,
  },
}

const ending = (stop_reason: string) => readAnswer({ ...message, content: [], stop_reason })!.choices[0]!

function answerOf(choice: Partial<NeutralChoice>): NeutralAnswer {
  const choices = [{ index: 0, parts: [], finish: 'stop' as const, finishRaw: 'stop', ...choice }]
  return { id: 'chatcmpl-1', model: 'gpt', createdS: 1, choices }
}

test('A4.22 A4.38 an answer is read and written without a loss: thoughts, citations, server tools', () => {
  expect(writeAnswer(readAnswer(message)!, options)).toEqual({ ...message, model: 'team-default' })
})

test('A4.28 input tokens include what was read from and written to the cache, and the hour apart', () => {
  expect(readAnswer(message)!.usage).toEqual({
    inputTokens: 1321,
    outputTokens: 89,
    cachedInputTokens: 1000,
    cacheWriteTokens: 300,
    cacheWriteHourTokens: 100,
    reasoningTokens: 33,
    units: { searches: 1 },
  })
})

test('A4.28 an answer of another format tells clients input tokens beside the cache', () => {
  const usage = {
    inputTokens: 50,
    outputTokens: 9,
    cachedInputTokens: 40,
    cacheWriteTokens: 0,
    reasoningTokens: 4,
  }
  expect(writeAnswer({ ...answerOf({}), usage }, options)['usage']).toMatchObject({
    input_tokens: 10,
    cache_read_input_tokens: 40,
    output_tokens: 9,
    output_tokens_details: { thinking_tokens: 4 },
  })
})

test.each([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['refusal', 'refusal'],
  ['pause_turn', 'pause'],
  ['brand_new', 'unknown'],
])('A4.25 %s is %s, and stays what it was for clients of the format', (word, finish) => {
  expect(ending(word)).toMatchObject({ finish, finishRaw: word })
  const expected = finish === 'unknown' ? 'end_turn' : word
  expect(writeAnswer(answerOf(ending(word)), options)['stop_reason']).toBe(expected)
})

test.each([
  ['stop', 'end_turn'],
  ['length', 'max_tokens'],
  ['tool-calls', 'tool_use'],
  ['content-filter', 'refusal'],
  ['pause', 'pause_turn'],
  ['malformed-call', 'end_turn'],
  ['unknown', 'end_turn'],
] as const)('A4.25 an answer of another format that ended with %s says %s', (finish, word) => {
  expect(writeAnswer(answerOf({ finish, finishRaw: 'x' }), options)['stop_reason']).toBe(word)
})

test('A4.25 a stop text that was met is named, and calls mean tool_use', () => {
  expect(writeAnswer(answerOf({ stopSequence: 'END' }), options)).toMatchObject({
    stop_reason: 'stop_sequence',
    stop_sequence: 'END',
  })
  const parts = [{ kind: 'tool-call', id: 'c', name: 'f', arguments: '' }] as const
  expect(writeAnswer(answerOf({ parts }), options)).toMatchObject({
    stop_reason: 'tool_use',
    content: [{ type: 'tool_use', input: {} }],
  })
})

test('A4.15 a call that was broken off is shown without arguments, never as an error', () => {
  const parts = [{ kind: 'tool-call', id: 'c', name: 'f', arguments: '{"city": "K' }] as const
  const written = writeAnswer(answerOf({ parts, finish: 'length', finishRaw: 'length' }), options)
  expect(written).toMatchObject({ stop_reason: 'max_tokens', content: [{ input: {} }] })
})

test('A4.27 an answer without content has an empty list; a refusal is text', () => {
  expect(writeAnswer(answerOf({}), options)['content']).toEqual([])
  const parts = [{ kind: 'refusal', text: 'I cannot.' }] as const
  expect(writeAnswer(answerOf({ parts }), options)['content']).toMatchObject([
    { type: 'text', text: 'I cannot.' },
  ])
})

test('A4.20 a call of the tool that structures answers is text, and the model has just stopped', () => {
  const content = [{ type: 'tool_use', id: 't', name: 'structured_answer', input: { a: 1 } }]
  expect(readAnswer({ ...message, content })!.choices[0]).toMatchObject({
    parts: [{ kind: 'text', text: '{"a":1}' }],
    finish: 'stop',
    finishRaw: 'end_turn',
  })
})

test('JSON that is no message is no answer', () => {
  for (const body of [{}, { type: 'error' }, { type: 'message' }, { choices: [] }]) {
    expect(readAnswer(body)).toBeUndefined()
  }
})

test('fields of their own that other formats put beside an answer stay with them', () => {
  const answer = { ...answerOf({}), from: 'openai-chat' as const, extra: { container: 'theirs' } }
  expect(writeAnswer(answer, options)['container']).toBeNull()
})

test('whatever answers, what the format can hold is read again as it was', () => {
  const shape = {
    from: 'anthropic' as const,
    kinds: ['text', 'reasoning', 'tool-call'] as const,
    maxChoices: 1,
  }
  fc.assert(
    fc.property(arbitraryAnswer(shape), (answer) => {
      const again = readAnswer(JSON.parse(JSON.stringify(writeAnswer(answer, options))))!
      expect(again.choices[0]!.parts.map(withoutCaller)).toEqual(
        answer.choices[0]!.parts.map(parsedArguments),
      )
      const { cacheWriteHourTokens: _hour, ...usage } = again.usage!
      expect(usage).toEqual(answer.usage ?? { ...usage, inputTokens: 0, outputTokens: 0 })
    }),
  )
})

function withoutCaller(part: any): unknown {
  const { extra: _extra, ...rest } = part
  return parsedArguments(rest)
}

function parsedArguments(part: any): unknown {
  return part.kind === 'tool-call' ? { ...part, arguments: JSON.parse(part.arguments) } : part
}

test('fields of a message that nobody knows yet pass to clients of the same format, and to no other', () => {
  const answer = readAnswer({ ...message, later: { a: 1 } })
  if (answer === undefined) throw new Error('No answer.')
  expect(writeAnswer(answer, options)).toMatchObject({ later: { a: 1 } })
  expect(writeAnswer({ ...answer, from: 'gemini' }, options)).not.toHaveProperty('later')
})
