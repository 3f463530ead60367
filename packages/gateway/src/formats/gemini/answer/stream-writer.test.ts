import fc from 'fast-check'
import { expect, test } from 'vitest'
import { collectAnswer } from '../../../neutral/collect-answer.ts'
import type { ContentPart } from '../../../neutral/content.ts'
import type { NeutralEvent } from '../../../neutral/neutral-answer.ts'
import { arbitraryStream } from '../../../neutral/testing/arbitrary-events.ts'
import { isJsonObject, parseJsonOr } from '../../parse-json.ts'
import { SseParser } from '../../sse-parser.ts'
import { exampleOptions } from '../testing/example-options.ts'
import { fixture, readStream } from '../testing/read-stream.ts'
import { makeStreamWriter } from './stream-writer.ts'

const place = { choice: 0, part: 0 }
const head = { modelVersion: 'asked-model', responseId: 'r' }
const start: NeutralEvent = { kind: 'start', id: 'r', model: 'm', createdS: 1 }
const finish: NeutralEvent = { kind: 'finish', choice: 0, finish: 'stop', finishRaw: 'end_turn' }

const usage: NeutralEvent = {
  kind: 'usage',
  usage: { inputTokens: 1, outputTokens: 2, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
}

function chunksOf(text: string): unknown[] {
  return new SseParser().push(Buffer.from(text)).map(({ data }) => parseJsonOr(data ?? ''))
}

function writeAll(batches: readonly (readonly NeutralEvent[])[]): unknown[] {
  const writer = makeStreamWriter(exampleOptions)
  return batches.flatMap((events) => chunksOf(writer.write(events)))
}

const candidate = (parts: readonly object[], rest: object = {}) => ({
  content: { parts, role: 'model' },
  ...rest,
  index: 0,
})

test('each batch of text is one chunk; finish reason and usage stand in the last', () => {
  const chunks = writeAll([
    [start, { kind: 'part-start', ...place, start: { kind: 'text' } }],
    [
      { kind: 'part-delta', ...place, text: 'He' },
      { kind: 'part-delta', ...place, text: 'llo' },
    ],
    [
      { kind: 'ping' },
      { kind: 'part-delta', ...place, text: ' you' },
      { kind: 'part-end', ...place },
      finish,
      usage,
    ],
    [{ kind: 'end' }],
  ])
  expect(chunks).toEqual([
    { candidates: [candidate([{ text: 'Hello' }])], ...head },
    { candidates: [candidate([{ text: ' you' }])], ...head },
    {
      // Google's SDK takes a chunk without parts for a broken answer.
      candidates: [candidate([{ text: '' }], { finishReason: 'STOP' })],
      ...head,
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 },
    },
  ])
})

test('A4.32 calls whose arguments come interleaved are written whole, one after the other', () => {
  const call = (part: number, id: string): NeutralEvent => ({
    kind: 'part-start',
    choice: 0,
    part,
    start: { kind: 'tool-call', id, name: `f_${id}` },
  })
  const delta = (part: number, text: string): NeutralEvent => ({ kind: 'part-delta', choice: 0, part, text })
  const chunks = writeAll([
    [start, call(0, 'a'), delta(0, '{"x"'), call(1, 'b')],
    [delta(1, '{'), delta(0, ':1}'), { kind: 'part-proof', ...place, from: 'gemini', signature: 'c2ln' }],
    [delta(1, '}'), { kind: 'part-end', choice: 0, part: 1 }, { kind: 'part-end', ...place }],
    [{ kind: 'finish', choice: 0, finish: 'tool-calls', finishRaw: 'tool_calls' }, { kind: 'end' }],
  ])
  expect(chunks).toEqual([
    {
      candidates: [
        candidate([
          { functionCall: { id: 'b', name: 'f_b', args: {} } },
          { functionCall: { id: 'a', name: 'f_a', args: { x: 1 } }, thoughtSignature: 'c2ln' },
        ]),
      ],
      ...head,
    },
    { candidates: [candidate([{ text: '' }], { finishReason: 'STOP' })], ...head },
  ])
})

test('A4.22 a signature that follows a text that is out already has a part of its own', () => {
  const chunks = writeAll([
    [start, { kind: 'part-start', ...place, start: { kind: 'reasoning' } }],
    [{ kind: 'part-delta', ...place, text: 'Hm' }],
    [{ kind: 'part-proof', ...place, from: 'gemini', signature: 'c2ln' }],
    [{ kind: 'part-end', ...place }],
  ])
  expect(chunks).toEqual([
    { candidates: [candidate([{ text: 'Hm', thought: true }])], ...head },
    { candidates: [candidate([{ text: '', thought: true, thoughtSignature: 'c2ln' }])], ...head },
  ])
})

test('A4.5 A4.39 an error is an event of its own, and a stream that was cut has no finish reason', () => {
  const chunks = writeAll([
    [
      start,
      { kind: 'part-start', ...place, start: { kind: 'text' } },
      { kind: 'part-delta', ...place, text: 'a' },
    ],
    [finish],
    [{ kind: 'error', error: { status: 503, type: '', code: 'overloaded', message: 'Busy.' } }],
  ])
  expect(chunks).toHaveLength(2)
  expect(chunks[0]).toEqual({ candidates: [candidate([{ text: 'a' }])], ...head })
  expect(chunks[1]).toMatchObject({ error: { code: 503, message: 'Busy.', status: 'UNAVAILABLE' } })
})

test('without alt=sse the stream is one JSON list, also when it ends with an error', () => {
  const write = (last: NeutralEvent): unknown => {
    const writer = makeStreamWriter({ ...exampleOptions, streamFraming: 'json-array' })
    const batches: NeutralEvent[][] = [
      [start],
      [
        { kind: 'part-start', ...place, start: { kind: 'text' } },
        { kind: 'part-delta', ...place, text: 'a\u2028' },
      ],
      [finish, last],
      [{ kind: 'end' }],
    ]
    return JSON.parse(batches.map((events) => writer.write(events)).join(''))
  }
  expect(write(usage)).toMatchObject([
    { candidates: [{ content: { parts: [{ text: 'a\u2028' }] } }] },
    { candidates: [{ finishReason: 'STOP' }], usageMetadata: { totalTokenCount: 3 } },
  ])
  const error = { status: 500, type: '', code: '', message: 'Oops.' }
  expect(write({ kind: 'error', error })).toMatchObject([{ candidates: [{}] }, { error: { code: 500 } }])
})

test('A4.26 a blocked prompt is told as Gemini tells it', () => {
  const promptFeedback = { blockReason: 'SAFETY' }
  const chunks = writeAll([
    [start, { kind: 'answer-fields', extra: { promptFeedback }, from: 'gemini' }],
    [{ kind: 'finish', choice: 0, finish: 'content-filter', finishRaw: 'SAFETY' }, usage, { kind: 'end' }],
  ])
  expect(chunks).toEqual([{ ...head, promptFeedback, usageMetadata: expect.anything() }])
})

test('a stream of Gemini’s own comes out with the same text, calls, signatures, sources and counts', () => {
  for (const name of ['text.sse', 'calls.sse', 'grounded.sse']) {
    const events = readStream(fixture(name))
    const writer = makeStreamWriter(exampleOptions)
    const written = events.map((event) => writer.write([event])).join('')
    const [first, second] = [events, readStream(Buffer.from(written))].map((list) =>
      collectAnswer(list, 'gemini'),
    )
    expect(second?.choices).toEqual(first?.choices)
    expect(second?.usage).toEqual(first?.usage)
  }
})

/** Neighbouring texts are one text in a stream, unless a signature stands between them. */
function joinTexts(parts: readonly ContentPart[]): ContentPart[] {
  const joined: ContentPart[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    const canJoin = last?.kind === 'text' || (last?.kind === 'reasoning' && last.signature === undefined)
    if (canJoin && (part.kind === 'text' || part.kind === 'reasoning') && part.kind === last.kind) {
      joined[joined.length - 1] = { ...last, ...part, text: last.text + part.text }
    } else joined.push(part)
  }
  return joined
}

const byId = (one: ContentPart, other: ContentPart) =>
  JSON.stringify(one).localeCompare(JSON.stringify(other))
const isCall = (part: ContentPart) => part.kind === 'tool-call'

test('A4.4 any stream, in any batches, is read again as the same answer', () => {
  const shape = { from: 'gemini' as const, kinds: ['text', 'reasoning', 'tool-call'] as const, maxChoices: 3 }
  fc.assert(
    fc.property(arbitraryStream(shape), fc.integer({ min: 1, max: 7 }), ({ answer, events }, size) => {
      const writer = makeStreamWriter(exampleOptions)
      let written = ''
      for (let at = 0; at < events.length; at += size) written += writer.write(events.slice(at, at + size))
      const read = readStream(Buffer.from(written))
      expect(read.at(-1)).toEqual({ kind: 'end' })
      const found = collectAnswer(read, 'gemini')
      for (const { index, parts } of answer.choices) {
        const again = found.choices[index]?.parts ?? []
        expect(again.filter(isCall).toSorted(byId)).toEqual(parts.filter(isCall).toSorted(byId))
        const texts = (list: readonly ContentPart[]) => joinTexts(list.filter((part) => !isCall(part)))
        expect(texts(again)).toEqual(texts(parts))
      }
      const cacheWriteTokens = 0
      expect(found.usage).toEqual(
        answer.usage === undefined ? undefined : { ...answer.usage, cacheWriteTokens },
      )
    }),
  )
})

test('every chunk is JSON', () => {
  const writer = makeStreamWriter(exampleOptions)
  const chunks = chunksOf(
    readStream(fixture('text.sse'))
      .map((event) => writer.write([event]))
      .join(''),
  )
  expect(chunks.length).toBeGreaterThan(3)
  expect(chunks.every(isJsonObject)).toBe(true)
})

test('counts of its own stand in the last chunk, as they came', () => {
  const writer = makeStreamWriter(exampleOptions)
  const last = chunksOf(writer.write(readStream(fixture('text.sse')))).at(-1)
  expect(last).toMatchObject({
    usageMetadata: {
      promptTokenCount: 9,
      toolUsePromptTokenCount: 3,
      thoughtsTokenCount: 32,
      totalTokenCount: 53,
    },
  })
})

test('probabilities that come together are all told', () => {
  const place = { choice: 0, part: 0 }
  const token = (text: string) => ({ content: [{ token: text, logprob: -1, top_logprobs: [] }] })
  const text = makeStreamWriter(exampleOptions).write([
    { kind: 'part-start', ...place, start: { kind: 'text' } },
    { kind: 'part-delta', ...place, text: 'a' },
    { kind: 'logprobs', choice: 0, logprobs: token('a') },
    { kind: 'part-delta', ...place, text: 'b' },
    { kind: 'logprobs', choice: 0, logprobs: token('b') },
  ])
  expect(chunksOf(text)).toMatchObject([
    {
      candidates: [
        {
          content: { parts: [{ text: 'ab' }] },
          logprobsResult: { chosenCandidates: [{ token: 'a' }, { token: 'b' }] },
        },
      ],
    },
  ])
})
