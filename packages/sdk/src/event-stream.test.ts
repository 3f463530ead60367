import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readEvents, type ServerEvent } from './event-stream.ts'

async function collect(text: string, cuts: readonly number[] = []): Promise<ServerEvent[]> {
  const bytes = new TextEncoder().encode(text)
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b)
  async function* chunks() {
    for (let index = 1; index < places.length; index++) yield bytes.slice(places[index - 1], places[index])
  }
  const events: ServerEvent[] = []
  for await (const event of readEvents(chunks())) events.push(event)
  return events
}

test('events survive any cutting of the bytes, any line ending and comments between', async () => {
  const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\r\n\uFEFF]/g, ' '))
  const event = fc.record({
    event: fc.constantFrom('message', 'error'),
    lines: fc.array(line, { minLength: 1, maxLength: 3 }),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(event),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.array(fc.nat()),
      async (list, end, cuts) => {
        const text = list
          .map(({ event: name, lines }) =>
            [': beat', `event: ${name}`, ...lines.map((item) => `data: ${item}`), '', ''].join(end),
          )
          .join('')
        const wanted = list.map(({ event: name, lines }) => ({ event: name, data: lines.join('\n') }))
        expect(await collect(text, cuts)).toEqual(wanted)
      },
    ),
  )
})

test('an unfinished last event is dropped and a missing space after the colon is fine', async () => {
  expect(await collect('data:a\n\ndata: b\n')).toEqual([{ event: 'message', data: 'a' }])
})
