import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { collectAnswer } from '../../../neutral/collect-answer.ts'
import type { NeutralEvent } from '../../../neutral/neutral-answer.ts'
import { EventStreamDecoder } from '../event-stream.ts'
import { writeEvent, writeException } from '../testing/write-frame.ts'
import { makeStreamReader } from './stream-reader.ts'

type Golden = { readonly frames: readonly Record<string, object>[]; readonly events: readonly unknown[] }

const golden: Golden = JSON.parse(
  readFileSync(new URL('../__fixtures__/converse-stream.json', import.meta.url)).toString(),
)
const bytes = framesOf(golden.frames)

function framesOf(frames: readonly Record<string, object>[]): Buffer {
  return Buffer.concat(
    frames.flatMap((frame) => Object.entries(frame).map(([type, json]) => writeEvent(type, json))),
  )
}

function read(stream: Buffer, cuts: readonly number[] = []): readonly NeutralEvent[] {
  const decoder = new EventStreamDecoder()
  const reader = makeStreamReader()
  const places = [0, ...cuts.toSorted((one, other) => one - other), stream.length]
  const events = places.slice(1).flatMap((end, index) => decoder.push(stream.subarray(places[index], end)))
  return [...events.flatMap((event) => [...reader.take(event)]), ...reader.finish()]
}

test('A4.22 A4.28 a recorded stream gives its golden events, signatures byte for byte', () => {
  expect(read(bytes)).toEqual(golden.events)
})

test('A4.1 A4.4 any split of the bytes gives the same events', () => {
  const whole = read(bytes)
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(bytes.length), { maxLength: 40 }), (cuts) => {
      expect(read(bytes, cuts)).toEqual(whole)
    }),
    { numRuns: 60 },
  )
})

test('A4.33 a call without arguments gives {}', () => {
  const events = read(
    framesOf([
      { contentBlockStart: { contentBlockIndex: 0, start: { toolUse: { toolUseId: 't', name: 'now' } } } },
      { contentBlockStop: { contentBlockIndex: 0 } },
    ]),
  )
  expect(collectAnswer(events, 'bedrock').choices[0]!.parts).toMatchObject([{ name: 'now', arguments: '{}' }])
})

test('A4.5 a stream that is cut before its stop has no end; one without usage has', () => {
  const cut = bytes.subarray(0, 200)
  expect(read(cut).some((event) => event.kind === 'end')).toBe(false)
  expect(read(writeEvent('messageStop', { stopReason: 'end_turn' })).map((event) => event.kind)).toEqual([
    'finish',
    'end',
  ])
})

test('A4.7 malformed events are counted and skipped; the stream goes on', () => {
  const reader = makeStreamReader()
  const events = [
    ...reader.take({ event: 'contentBlockDelta', data: '{"contentBlock' }),
    ...reader.take({ event: 'contentBlockDelta', data: '{}' }),
    ...reader.take({ data: '{}' }),
    ...reader.take({ event: 'contentBlockDelta', data: '{"contentBlockIndex":0,"delta":{"text":"on"}}' }),
  ]
  expect(reader.malformedEvents()).toBe(3)
  expect(events.map((event) => event.kind)).toEqual(['part-start', 'part-delta'])
})

test.each([
  ['throttlingException', { message: 'Slow' }, 429],
  ['serviceUnavailableException', { message: 'Busy' }, 503],
  ['internalServerException', {}, 500],
  ['validationException', { message: 'No' }, 400],
  ['modelStreamErrorException', { message: 'x', originalStatusCode: 529, originalMessage: 'y' }, 529],
  ['modelStreamErrorException', { message: 'x' }, 502],
])('A4.39 A4.41 the exception %s %j within a stream has status %i', (name, json, status) => {
  const [event] = read(writeException(name, json))
  expect(event).toMatchObject({
    kind: 'error',
    error: { status, type: name.charAt(0).toUpperCase() + name.slice(1) },
  })
})

test('A4.20 a call of the tool that structures answers is text, and the model has just stopped', () => {
  const events = read(
    framesOf([
      {
        contentBlockStart: {
          contentBlockIndex: 0,
          start: { toolUse: { toolUseId: 't', name: 'structured_answer' } },
        },
      },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { toolUse: { input: '{"a":1}' } } } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { messageStop: { stopReason: 'tool_use' } },
    ]),
  )
  expect(collectAnswer(events, 'bedrock').choices[0]).toMatchObject({
    parts: [{ kind: 'text', text: '{"a":1}' }],
    finish: 'stop',
    finishRaw: 'end_turn',
  })
})

test('events that nobody knows yet are no mistake', () => {
  const reader = makeStreamReader()
  expect(reader.take({ event: 'futureEvent', data: '{"a":1}' })).toMatchObject([{ kind: 'other' }])
  expect(reader.malformedEvents()).toBe(0)
})
