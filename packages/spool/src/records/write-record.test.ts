import { spanRecord } from '@ratchet/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { limitText } from './limit-text.ts'
import { LineBuffer } from './line-buffer.ts'
import { findRecordProblem, type SpanDraft } from './span-record.ts'
import { exampleRecord } from '../testing/example-record.ts'
import { writeRecord, type BodyMode } from './write-record.ts'

const keepAll: BodyMode = { kind: 'keep', limitBytes: 1_000_000 }

function lineOf(record: SpanDraft, bodies: BodyMode): string {
  const lines = new LineBuffer()
  writeRecord(lines, record, bodies)
  return lines.lines.toString()
}

test('every record becomes one line that the contract accepts, whatever its text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.integer({ min: 0, max: 40 }),
      fc.boolean(),
      (text, attributes, limitBytes, drop) => {
        const record = exampleRecord({ input: text, output: text, attributes: JSON.stringify(attributes) })
        const line = lineOf(record, drop ? { kind: 'drop' } : { kind: 'keep', limitBytes })
        expect(line.indexOf('\n')).toBe(line.length - 1)
        const parsed = spanRecord.parse(JSON.parse(line))
        expect(() => JSON.parse(parsed.attributes) as unknown).not.toThrow()
      },
    ),
  )
})

test('the quick form of a record is read as the record it was, whatever is left out of it', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('plain words', 'qu"ote', 'back\\slash', '\u007f', '[x]', ''),
  )
  const names = [
    'environment',
    'name',
    'errorCode',
    'errorMessage',
    'finishReason',
    'model',
    'provider',
    'connection',
    'app',
    'release',
    'deployment',
    'arm',
    'sessionId',
    'userId',
    'keyId',
    'input',
    'output',
    'prompt',
  ] as const
  const counts = ['firstTokenUs', 'costNano'] as const
  const tokens = [
    'inputTokens',
    'outputTokens',
    'cachedInputTokens',
    'cacheWriteTokens',
    'reasoningTokens',
  ] as const
  const parts = [
    'cacheWriteHourTokens',
    'audioInputTokens',
    'audioOutputTokens',
    'imageInputTokens',
    'imageOutputTokens',
  ] as const
  const units = ['images', 'audioMs', 'characters', 'searches', 'fileSearches', 'requests'] as const
  const recordsOf = <Name extends string>(keys: readonly Name[]) =>
    Object.fromEntries(keys.map((name) => [name, fc.integer({ min: 1, max: 3 })])) as {
      [Key in Name]: fc.Arbitrary<number>
    }
  const recordOf = <Name extends string, Value>(keys: readonly Name[], value: fc.Arbitrary<Value>) =>
    fc.record<Record<Name, Value>>(
      Object.fromEntries(keys.map((name) => [name, value])) as { [Key in Name]: fc.Arbitrary<Value> },
    )
  fc.assert(
    fc.property(
      recordOf(names, text),
      recordOf(counts, fc.nat(3)),
      recordOf(tokens, fc.nat(2)),
      fc.record(
        { ...recordsOf(parts), units: fc.record(recordsOf(units), { requiredKeys: [] }) },
        { requiredKeys: [] },
      ),
      recordOf(['isLocalRoot', 'usageEstimated', 'costKnown'], fc.boolean()),
      fc.constantFrom('ok', 'error', 'cancelled'),
      fc.constantFrom('', 'a'.repeat(16)),
      (words, numbers, counted, more, flags, status, parentSpanId) => {
        // Parts are of something.
        const usage = { ...counted, inputTokens: counted.inputTokens + 1, ...more }
        const record = exampleRecord({ ...words, ...numbers, ...flags, usage, status, parentSpanId })
        const parsed = spanRecord.parse(JSON.parse(lineOf(record, keepAll)))
        expect(parsed).toEqual(JSON.parse(JSON.stringify(record)))
      },
    ),
    { numRuns: 300 },
  )
  expect(Object.keys(exampleRecord()).toSorted()).toEqual(Object.keys(spanRecord.shape).toSorted())
})

test('a text is cut at a whole character and never above the limit', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 30 }), (text, limitBytes) => {
      const limited = limitText(text, limitBytes)
      expect(Buffer.byteLength(String(limited.text))).toBeLessThanOrEqual(limitBytes)
      expect(text.startsWith(String(limited.text))).toBe(true)
      const ofBytes = limitText(Buffer.from(text), limitBytes)
      expect([String(ofBytes.text), ofBytes.fullBytes]).toEqual([limited.text, limited.fullBytes])
      expect(limited.fullBytes).toBe(limited.text === text ? undefined : Buffer.byteLength(text))
    }),
  )
})

test('an input of bytes is written as its text would be, whatever is in it and however long', () => {
  const unit = fc.constantFrom('a', '"', '\\', '\n', '\u0000', '\u007f', '\u00e9', '\u2028', '\u{1f600}', '/')
  fc.assert(
    fc.property(
      fc.string({ unit }),
      fc.constantFrom(1, 7_000),
      fc.integer({ min: 0, max: 40_000 }),
      (text, times, limitBytes) => {
        const input = text.repeat(times)
        const bodies: BodyMode = { kind: 'keep', limitBytes }
        const record = exampleRecord({ input, output: input })
        const ofBytes = lineOf({ ...record, input: Buffer.from(input) }, bodies)
        expect(JSON.parse(ofBytes)).toEqual(JSON.parse(lineOf(record, bodies)))
      },
    ),
  )
})

test('bytes that are no UTF-8 are written as the text that readers make of them', () => {
  const input = Buffer.from([0x22, 0xff, 0x61, 0xc3])
  const parsed = spanRecord.parse(JSON.parse(lineOf(exampleRecord({ input }), keepAll)))
  expect(parsed.input).toBe('"\ufffda\ufffd')
})

test('a cut body says how long it was and a dropped one that it was dropped', () => {
  const record = exampleRecord({ input: 'x'.repeat(100), output: 'short', attributes: '{"a":1}' })
  const cut = spanRecord.parse(JSON.parse(lineOf(record, { kind: 'keep', limitBytes: 10 })))
  expect(cut.input).toBe('x'.repeat(10))
  expect(cut.output).toBe('short')
  expect(JSON.parse(cut.attributes)).toEqual({ input_bytes: 100, a: 1 })
  const dropped = spanRecord.parse(JSON.parse(lineOf(record, { kind: 'drop' })))
  expect([dropped.input, dropped.output, dropped.attributes]).toEqual(['', '', '{"body_dropped":true,"a":1}'])
})

test('a record with a number that is not whole is found before it is written', () => {
  expect(findRecordProblem(exampleRecord())).toBeUndefined()
  const usage = {
    inputTokens: 0,
    outputTokens: 0,
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
  }
  expect(findRecordProblem(exampleRecord({ usage: { ...usage, audioInputTokens: -1 } }))).toContain(
    'audioInputTokens',
  )
  expect(findRecordProblem(exampleRecord({ usage: { ...usage, units: { audioMs: 0.5 } } }))).toContain(
    'audioMs is 0.5',
  )
  expect(findRecordProblem(exampleRecord({ durationUs: 1.5 }))).toContain('durationUs is 1.5')
  expect(findRecordProblem(exampleRecord({ costNano: Number.NaN }))).toContain('costNano')
  expect(findRecordProblem(exampleRecord({ traceId: 'abc' }))).toContain('traceId')
})
