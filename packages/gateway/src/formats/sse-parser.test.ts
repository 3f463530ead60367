import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SseParser, type SseBlock } from './sse-parser.ts'

function parseInPieces(bytes: Buffer, cuts: readonly number[]): SseBlock[] {
  const parser = new SseParser()
  const blocks: SseBlock[] = []
  let from = 0
  for (const cut of [...new Set(cuts.map((at) => at % (bytes.length + 1)))].toSorted((a, b) => a - b)) {
    blocks.push(...parser.push(Buffer.from(bytes.subarray(from, cut))))
    from = cut
  }
  blocks.push(...parser.push(Buffer.from(bytes.subarray(from))))
  const last = parser.end()
  return last === undefined ? blocks : [...blocks, last]
}

const dataOf = (blocks: readonly SseBlock[]) =>
  blocks.flatMap(({ data }) => (data === undefined ? [] : [data]))
const bytesOf = (blocks: readonly SseBlock[]) => Buffer.concat(blocks.map((block) => block.raw))

test('A4.1 A4.2 A4.4 the same events and the same bytes come out, wherever the stream is cut and whatever ends its lines', () => {
  const text = fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll(/[\r\n]/g, ''))
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 8 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.array(fc.nat(), { maxLength: 30 }),
      fc.constantFrom('', ': comment', 'event: delta', 'id: 1'),
      (values, newline, cuts, extra) => {
        const block = (value: string) =>
          `${extra === '' ? '' : extra + newline}data: ${value}${newline}${newline}`
        const bytes = Buffer.from(values.map(block).join(''))
        const blocks = parseInPieces(bytes, cuts)
        expect(dataOf(blocks)).toEqual(values)
        expect(bytesOf(blocks)).toEqual(bytes)
      },
    ),
    { numRuns: 1000 },
  )
})

test('A4.1 A4.2 A4.3 one byte at a time gives what the whole gives', () => {
  const bytes = Buffer.from(
    '\uFEFFdata: {"a":"h\u00e9\u2028"}\r\n\r\n: ping\n\ndata:no space\ndata: second\n\nevent: done\rdata: [DONE]\r\r',
  )
  const whole = parseInPieces(bytes, [])
  const single = parseInPieces(
    bytes,
    Array.from(bytes, (_, index) => index),
  )
  expect(dataOf(whole)).toEqual(['{"a":"h\u00e9\u2028"}', 'no space\nsecond', '[DONE]'])
  expect(dataOf(single)).toEqual(dataOf(whole))
  expect(bytesOf(single)).toEqual(bytes)
  expect(whole.at(-1)?.event).toBe('done')
})

test('A4.4 an event of several megabytes is parsed, one beyond the limit is refused', () => {
  const big = 'x'.repeat(2_000_000)
  const bytes = Buffer.from(`data: ${big}\n\n`)
  expect(
    dataOf(
      parseInPieces(
        bytes,
        Array.from({ length: 100 }, (_, index) => index * 20_000),
      ),
    ),
  ).toEqual([big])
  expect(() => new SseParser(1000).push(Buffer.from(`data: ${big}`))).toThrow('larger than 1000 bytes')
})
