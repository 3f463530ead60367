import { expect, test } from 'vitest'
import { readError } from '../read-error.ts'
import { readAnswer } from './read-answer.ts'

const usage = { inputTokens: 21, outputTokens: 89, totalTokens: 110 }
const answer = (content: readonly object[], more: object = {}) =>
  readAnswer({ output: { message: { role: 'assistant', content } }, stopReason: 'end_turn', usage, ...more })!

test('A4.14 A4.22 text, thoughts and calls of an answer are all kept', () => {
  const { choices } = answer(
    [
      { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'EqQB+/==' } } },
      { reasoningContent: { redactedContent: 'AAECAw==' } },
      { text: 'Looking.' },
      { toolUse: { toolUseId: 't', name: 'f', input: { a: 1.5 } } },
    ],
    { stopReason: 'tool_use' },
  )
  expect(choices).toEqual([
    {
      index: 0,
      parts: [
        { kind: 'reasoning', text: 'Hm.', signature: 'EqQB+/==', from: 'bedrock' },
        { kind: 'reasoning', text: '', encrypted: 'AAECAw==', isRedacted: true, from: 'bedrock' },
        { kind: 'text', text: 'Looking.' },
        { kind: 'tool-call', id: 't', name: 'f', arguments: '{"a":1.5}' },
      ],
      finish: 'tool-calls',
      finishRaw: 'tool_use',
    },
  ])
})

test('A4.28 input tokens include what was read from and written to the cache, and the hour apart', () => {
  const counted = {
    ...usage,
    cacheReadInputTokens: 1000,
    cacheWriteInputTokens: 300,
    cacheDetails: [{ ttl: '1h', inputTokens: 100 }],
  }
  expect(answer([], { usage: counted }).usage).toEqual({
    inputTokens: 1321,
    outputTokens: 89,
    cachedInputTokens: 1000,
    cacheWriteTokens: 300,
    cacheWriteHourTokens: 100,
    reasoningTokens: 0,
  })
})

test.each([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool-calls'],
  ['guardrail_intervened', 'content-filter'],
  ['content_filtered', 'content-filter'],
  ['malformed_tool_use', 'malformed-call'],
  ['malformed_model_output', 'malformed-call'],
  ['brand_new', 'unknown'],
])('A4.25 %s is %s', (stopReason, finish) => {
  const parts = [{ toolUse: { toolUseId: 't', name: 'f', input: {} } }]
  expect(answer(parts, { stopReason }).choices[0]).toMatchObject({ finish, finishRaw: stopReason })
})

test('A4.20 a call of the tool that structures answers is text, and the model has just stopped', () => {
  const parts = [{ toolUse: { toolUseId: 't', name: 'structured_answer', input: { a: 1 } } }]
  expect(answer(parts, { stopReason: 'tool_use' }).choices[0]).toMatchObject({
    parts: [{ kind: 'text', text: '{"a":1}' }],
    finish: 'stop',
    finishRaw: 'end_turn',
  })
})

test('A4.38 citations, images and what only Bedrock has', () => {
  const citation = {
    title: 'T',
    sourceContent: [{ text: 'q' }],
    location: { documentPage: { documentIndex: 0 } },
  }
  const unknown = { toolUse: { toolUseId: 's', name: 'nova_grounding', input: {}, type: 'server_tool_use' } }
  const { parts } = answer([
    { citationsContent: { content: [{ text: 'It ' }, { text: 'is.' }], citations: [citation] } },
    { image: { format: 'png', source: { bytes: 'AA==' } } },
    unknown,
  ]).choices[0]!
  expect(parts).toMatchObject([
    { kind: 'text', text: 'It is.', citations: [{ start: 0, end: 6, title: 'T', quote: 'q' }] },
    { kind: 'image', source: { mediaType: 'image/png', data: 'AA==' } },
    { kind: 'other', format: 'bedrock', value: unknown },
  ])
})

test('tier, traces and the stop text that was asked for come with the answer', () => {
  const more = {
    serviceTier: { type: 'flex' },
    trace: { promptRouter: {} },
    metrics: { latencyMs: 1 },
    additionalModelResponseFields: { stop_sequence: 'END' },
  }
  const read = answer([], { ...more, stopReason: 'stop_sequence' })
  expect([read.serviceTier, read.choices[0]!.stopSequence]).toEqual(['flex', 'END'])
  expect(read.extra).toMatchObject({ trace: { promptRouter: {} } })
})

test('JSON that is no answer of Converse is none', () => {
  for (const body of [{}, { output: {} }, { message: 'x' }]) expect(readAnswer(body)).toBeUndefined()
})

test.each([
  [
    400,
    { message: 'The model returned: Input is too long for requested model.' },
    'ValidationException',
    true,
  ],
  [400, { message: 'Malformed input request' }, 'ValidationException', undefined],
  [403, { Message: 'User is not authorized' }, 'AccessDeniedException', undefined],
  [404, { message: 'No such model' }, 'ResourceNotFoundException', undefined],
  [408, { message: 'Too slow' }, 'ModelTimeoutException', undefined],
  [429, { message: 'Too many requests' }, 'ThrottlingException', undefined],
  [500, { message: 'Oops' }, 'InternalServerException', undefined],
  [503, { __type: 'com.amazon.coral#ServiceUnavailableException' }, 'ServiceUnavailableException', undefined],
])('A4.41 an error %i %j is %s', (status, body, type, isContextLength) => {
  expect(readError(status, body)).toMatchObject({
    status,
    type,
    code: type,
    ...(isContextLength ? { isContextLength } : {}),
  })
  expect(readError(status, body).isContextLength).toBe(isContextLength)
})

test('A4.41 a page of HTML from a proxy is quoted in words', () => {
  expect(readError(502, '<html><h1>Bad Gateway</h1></html>').message).toBe(
    'The provider answered 502: Bad Gateway',
  )
  expect(readError(200, { __type: 'ThrottlingException' }).status).toBe(429)
})
