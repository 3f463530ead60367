import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SseParser } from './sse-parser.ts'
import { sseComment, sseEvent } from './sse-text.ts'

test('A4.3 any JSON comes out of the parser as it went in, U+2028 included', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 'response.created'), (value, name) => {
      const [block, ...rest] = new SseParser().push(Buffer.from(sseEvent(JSON.stringify(value), name)))
      expect(rest).toEqual([])
      expect(JSON.stringify(JSON.parse(block?.data ?? ''))).toBe(JSON.stringify(value))
      expect(block?.event).toBe(name ?? '')
    }),
  )
  expect(sseEvent(JSON.stringify('a\u2028b\u2029c'))).toBe('data: "a\\u2028b\\u2029c"\n\n')
})

test('A4.6 a heartbeat is a comment of its own', () => {
  expect(new SseParser().push(Buffer.from(sseComment + sseEvent('1'))).map((block) => block.data)).toEqual([
    undefined,
    '1',
  ])
})
