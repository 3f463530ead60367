import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventStreamDecoder } from './event-stream.ts'
import { sealFrame, writeEvent, writeException, writeFrame } from './testing/write-frame.ts'
import { processorMs } from '../../testing/processor-ms.ts'

const stream = Buffer.concat([
  writeEvent('messageStart', { role: 'assistant' }),
  writeEvent('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Grüße 🌍' }, p: 'abc' }),
  writeFrame({ ':event-type': 'empty', ':message-type': 'event' }, ''),
  writeException('throttlingException', { message: 'Slow down' }),
])

const expected = [
  { event: 'messageStart', data: '{"role":"assistant"}' },
  { event: 'contentBlockDelta', data: '{"contentBlockIndex":0,"delta":{"text":"Grüße 🌍"},"p":"abc"}' },
  { event: 'empty', data: '' },
  { event: 'throttlingException', data: '{"message":"Slow down"}' },
]

function decode(bytes: Buffer, cuts: readonly number[] = [], decoder = new EventStreamDecoder()) {
  const places = [0, ...cuts.toSorted((one, other) => one - other), bytes.length]
  return places.slice(1).flatMap((end, index) => decoder.push(bytes.subarray(places[index], end)))
}

test('A4.1 A4.4 any split of the bytes gives the same frames', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(stream.length), { maxLength: 40 }), (cuts) => {
      expect(decode(stream, cuts)).toEqual(expected)
    }),
  )
  expect(decode(stream, Array.from(stream.keys()))).toEqual(expected)
})

test("AWS's published frames are read: no headers and no payload, payload alone, headers alone", () => {
  const empty = Buffer.from('000000100000000005c248eb7d98c8ff', 'hex')
  expect(decode(empty)).toEqual([{ event: undefined, data: '' }])
  const payload = Buffer.from(
    `0000001d00000000fd528c5a${Buffer.from("{'foo':'bar'}").toString('hex')}c365393 6`.replace(' ', ''),
    'hex',
  )
  expect(decode(payload)).toEqual([{ event: undefined, data: "{'foo':'bar'}" }])
})

test('a byte that changes on the way is noticed, whichever it is', () => {
  const frame = writeEvent('messageStart', { role: 'assistant' })
  fc.assert(
    fc.property(fc.nat(frame.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = Buffer.from(frame)
      changed[at] = changed[at]! ^ change
      expect(() => decode(changed)).toThrow(RangeError)
    }),
  )
})

test('a frame beyond the limit is refused before its bytes are collected', () => {
  const frame = writeEvent('metadata', { text: 'x'.repeat(2000) })
  const decoder = new EventStreamDecoder(1000)
  expect(() => decoder.push(frame.subarray(0, 12))).toThrow(RangeError)
  expect(decode(frame, [], new EventStreamDecoder(frame.length))).toHaveLength(1)
})

test('headers of every type are stepped over, and headers that are cut are refused', () => {
  const header = (type: number, value: number[]) => Buffer.from([1, 0x61, type, ...value])
  const kinds = [
    header(0, []),
    header(1, []),
    header(2, [1]),
    header(3, [0, 1]),
    header(4, [0, 0, 0, 1]),
    header(5, [0, 0, 0, 0, 0, 0, 0, 1]),
    header(6, [0, 2, 9, 9]),
    header(8, [0, 0, 0, 0, 0, 0, 0, 1]),
    header(
      9,
      Array.from({ length: 16 }, () => 7),
    ),
  ]
  const type = Buffer.concat([
    Buffer.from([11]),
    Buffer.from(':event-type'),
    Buffer.from([7, 0, 1]),
    Buffer.from('x'),
  ])
  const frame = sealFrame(Buffer.concat([...kinds, type]), Buffer.from('{}'))
  expect(decode(frame)).toEqual([{ event: 'x', data: '{}' }])
  for (const bad of [header(7, [0, 5, 0x61]), header(7, [0]), header(12, []), Buffer.from([200, 1])]) {
    expect(() => decode(sealFrame(bad, Buffer.alloc(0)))).toThrow(RangeError)
  }
})

test('a frame whose lengths contradict each other is refused', () => {
  const liar = sealFrame(Buffer.alloc(0), Buffer.alloc(0))
  liar.writeUInt32BE(5000, 4)
  expect(() => decode(liar)).toThrow(RangeError)
  // Now the checksum of the head is right, and only the lengths are wrong.
  liar.writeUInt32BE(crc32(liar.subarray(0, 8)), 8)
  expect(() => decode(liar)).toThrow(RangeError)
})

test('an error of the service that has no payload becomes an event with its message', () => {
  const headers = { ':message-type': 'error', ':error-code': 'InternalError', ':error-message': 'Broken' }
  expect(decode(writeFrame(headers, ''))).toEqual([{ event: 'InternalError', data: '{"message":"Broken"}' }])
})

test('A4.5 a stream that ends within a frame is known to', () => {
  const decoder = new EventStreamDecoder()
  decoder.push(stream.subarray(0, stream.length - 1))
  expect(decoder.isAtEdge).toBe(false)
  decoder.push(stream.subarray(stream.length - 1))
  expect(decoder.isAtEdge).toBe(true)
})

test('A4.4 a megabyte in single bytes is read in a moment', () => {
  const frame = writeEvent('contentBlockDelta', { delta: { text: 'x'.repeat(1_000_000) } })
  const decoder = new EventStreamDecoder()
  const startMs = processorMs()
  let count = 0
  for (let at = 0; at < frame.length; at++) count += decoder.push(frame.subarray(at, at + 1)).length
  expect(count).toBe(1)
  expect(processorMs() - startMs).toBeLessThan(2000)
})
