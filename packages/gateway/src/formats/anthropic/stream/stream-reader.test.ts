import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { collectAnswer } from '../../../neutral/collect-answer.ts'
import type { NeutralEvent } from '../../../neutral/neutral-answer.ts'
import { readStream } from '../../../neutral/testing/read-stream.ts'
import { makeStreamReader } from './stream-reader.ts'

const fixture = (name: string) => readFileSync(new URL(`../__fixtures__/${name}`, import.meta.url))
const golden = fixture('thinking-and-tools.sse')
const search = fixture('web-search.sse')

function read(...events: readonly object[]): readonly NeutralEvent[] {
  const reader = makeStreamReader()
  return events.flatMap((event) => [...reader.take({ data: JSON.stringify(event) })])
}

const messageStart = {
  type: 'message_start',
  message: { id: 'msg_1', model: 'claude', usage: { input_tokens: 10, output_tokens: 1 } },
}
const startOf = (content_block: object, index = 0) => ({ type: 'content_block_start', index, content_block })
const stopOf = (index = 0) => ({ type: 'content_block_stop', index })

test('A4.22 a recorded stream gives its golden events, signatures byte for byte', () => {
  const events: unknown = JSON.parse(fixture('thinking-and-tools.events.json').toString())
  expect(readStream(makeStreamReader(), golden)).toEqual(events)
})

test('A4.1 A4.4 any split of the bytes gives the same events', () => {
  for (const bytes of [golden, search]) {
    const whole = readStream(makeStreamReader(), bytes)
    const places = fc.uniqueArray(fc.nat(bytes.length), { maxLength: 40 })
    fc.assert(
      fc.property(places, (cuts) => {
        expect(readStream(makeStreamReader(), bytes, cuts)).toEqual(whole)
      }),
      { numRuns: 60 },
    )
  }
})

test('A4.4 one byte at a time gives the same events', () => {
  const everywhere = Array.from(golden.keys())
  expect(readStream(makeStreamReader(), golden, everywhere)).toEqual(readStream(makeStreamReader(), golden))
})

test('A4.31 counts of message_delta are totals, never added to those of message_start', () => {
  const events = read(messageStart, {
    type: 'message_delta',
    delta: { stop_reason: 'end_turn' },
    usage: { output_tokens: 42 },
  })
  expect(events.findLast((event) => event.kind === 'usage')).toMatchObject({
    usage: { inputTokens: 10, outputTokens: 42 },
  })
})

test('A4.31 a later message_delta replaces the input counts too, as after a web search', () => {
  const answer = collectAnswer(readStream(makeStreamReader(), search), 'anthropic')
  expect(answer.usage).toMatchObject({ inputTokens: 10_682, outputTokens: 510 })
  expect(answer.extra).toEqual({
    anthropic_usage: { server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 } },
  })
})

test('A4.38 citations come with their source, and server tools stay as they were', () => {
  const [use, result, text] = collectAnswer(readStream(makeStreamReader(), search), 'anthropic').choices[0]!
    .parts
  expect(use).toMatchObject({
    kind: 'other',
    value: { input: { query: 'weather NYC today' }, id: 'srvtoolu_01' },
  })
  expect(result).toMatchObject({
    kind: 'other',
    format: 'anthropic',
    value: { type: 'web_search_tool_result' },
  })
  expect(text).toMatchObject({
    kind: 'text',
    text: 'It is 12 degrees and sunny.',
    citations: [{ start: 0, end: 27, url: 'https://example.com/nyc', quote: '12 °C, sunny' }],
  })
})

test('A4.33 a call without arguments gives {}, and server tools are no calls', () => {
  const calls = [...readStream(makeStreamReader(), golden), ...readStream(makeStreamReader(), search)].filter(
    (event) => event.kind === 'part-start' && event.start.kind === 'tool-call',
  )
  expect(calls).toHaveLength(2)
  const answer = collectAnswer(readStream(makeStreamReader(), golden), 'anthropic')
  expect(answer.choices[0]!.parts.at(-1)).toMatchObject({ name: 'get_time', arguments: '{}' })
})

test('a server that sends the whole input at the start of a call is understood', () => {
  const answer = collectAnswer(
    read(messageStart, startOf({ type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }), stopOf()),
    'anthropic',
  )
  expect(answer.choices[0]!.parts).toMatchObject([{ arguments: '{"a":1}' }])
})

test('A4.7 malformed events are counted and skipped; the stream goes on', () => {
  const reader = makeStreamReader()
  const text = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'still here' } }
  const events = [
    ...reader.take({ data: '{"type":"content_block' }),
    ...reader.take({ data: '[]' }),
    ...reader.take({ data: '{"type":"content_block_delta","index":7,"delta":{}}' }),
    ...reader.take({ data: '{"type":"content_block_start","index":0}' }),
    ...reader.take({ data: '{"type":"message_start"}' }),
    ...reader.take({ data: JSON.stringify(startOf({ type: 'text', text: '' })) }),
    ...reader.take({ data: JSON.stringify(text) }),
  ]
  expect(reader.malformedEvents()).toBe(5)
  expect(events.at(-1)).toMatchObject({ kind: 'part-delta', text: 'still here' })
})

test('A4.5 a stream that is cut has no end', () => {
  const cut = golden.subarray(0, golden.indexOf('event: message_delta'))
  expect(readStream(makeStreamReader(), cut).some((event) => event.kind === 'end')).toBe(false)
})

test('A4.39 A4.41 an overloaded error before content is the first event, with status 529', () => {
  const data =
    '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_1"}'
  expect(makeStreamReader().take({ event: 'error', data })).toEqual([
    {
      kind: 'error',
      error: {
        status: 529,
        type: 'overloaded_error',
        code: 'overloaded_error',
        message: 'Overloaded',
        requestId: 'req_1',
      },
    },
  ])
})

test('A4.20 a call of the tool that structures answers is text, and the model has just stopped', () => {
  const answer = collectAnswer(
    read(
      messageStart,
      startOf({ type: 'tool_use', id: 't', name: 'structured_answer', input: {} }),
      { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"a":' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '1}' } },
      stopOf(),
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 9 } },
    ),
    'anthropic',
  )
  expect(answer.choices[0]).toMatchObject({
    parts: [{ kind: 'text', text: '{"a":1}' }],
    finish: 'stop',
    finishRaw: 'end_turn',
  })
})

test('A4.25 unknown stop reasons are kept as they are', () => {
  const events = read({ type: 'message_delta', delta: { stop_reason: 'tired' }, usage: {} })
  expect(events.at(-1)).toEqual({ kind: 'finish', choice: 0, finish: 'unknown', finishRaw: 'tired' })
})

test('events and deltas that nobody knows yet are passed on for clients of the same format', () => {
  const delta = { type: 'content_block_delta', index: 0, delta: { type: 'future_delta', x: 1 } }
  const events = read(startOf({ type: 'text', text: '' }), delta, { type: 'future_event', y: 2 })
  expect(events.slice(1)).toEqual([
    { kind: 'other', value: { kind: 'other', format: 'anthropic', value: delta } },
    { kind: 'other', value: { kind: 'other', format: 'anthropic', value: { type: 'future_event', y: 2 } } },
  ])
})

test('A4.25 what a refusal says of itself comes with the answer', () => {
  const stop_details = { type: 'refusal', category: 'bio', explanation: 'No.' }
  const events = read({
    type: 'message_delta',
    delta: { stop_reason: 'refusal', stop_sequence: null, stop_details },
    usage: { output_tokens: 3 },
  })
  expect(events[0]).toEqual({ kind: 'answer-fields', from: 'anthropic', extra: { stop_details } })
  expect(events.at(-1)).toMatchObject({ finish: 'refusal', finishRaw: 'refusal' })
})
