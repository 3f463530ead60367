import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readEventStream } from './read-event-stream.ts'

async function* cut(bytes: Uint8Array, places: readonly number[]): AsyncGenerator<Uint8Array, void> {
  let start = 0
  for (const place of [...new Set(places)].toSorted((a, b) => a - b)) {
    yield bytes.subarray(start, place)
    start = Math.max(start, place)
  }
  yield bytes.subarray(start)
}

test('every event comes out once and whole, wherever the network cuts the stream', async () => {
  const text = fc.string({ unit: 'binary' }).map((value) => JSON.stringify(value))
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { maxLength: 8 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.array(fc.nat(400)),
      async (texts, end, places) => {
        const bytes = new TextEncoder().encode(
          texts.map((data) => `: ping${end}event: x${end}data: ${data}${end}${end}`).join(''),
        )
        const found: string[] = []
        for await (const data of readEventStream(
          cut(
            bytes,
            places.map((at) => Math.min(at, bytes.length)),
          ),
        ))
          found.push(data)
        // U+2028 and lone surrogates aside, JSON text has no line ends of its own.
        expect(found).toEqual(texts.map((data) => Buffer.from(data).toString()))
      },
    ),
  )
})

test('data over several lines is one event, and a missing last blank line loses nothing', async () => {
  const found: string[] = []
  for await (const data of readEventStream(cut(Buffer.from('data: a\ndata:b\n\ndata: c'), [])))
    found.push(data)
  expect(found).toEqual(['a\nb', 'c'])
})
