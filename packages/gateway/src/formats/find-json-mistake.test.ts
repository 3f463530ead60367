import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findJsonMistake } from './find-json-mistake.ts'

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

test('agrees with JSON.parse on what is JSON, for valid, damaged and random texts', () => {
  const damaged = fc
    .tuple(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', ',', '"', '}', ']', ':', '1', 'x', '\\', '\n', '\u0001', '-', '.'),
    )
    .map(([text, at, piece]) => {
      const place = at % (text.length + 1)
      return text.slice(0, place) + piece + text.slice(place + (at % 2))
    })
  const made = fc.string({ unit: fc.constantFrom(...'{}[]",:\\ntruefals0123.-eE u\n'.split('')) })
  fc.assert(
    fc.property(fc.oneof(fc.json(), damaged, made), (text) => {
      expect(findJsonMistake(text) === undefined).toBe(isJson(text))
    }),
    { numRuns: 3000 },
  )
})

test.each([
  ['{"a":1,}', 7],
  ['{"a":1,"b":tru}', 14],
  ["{'a':1}", 1],
  ['{"a":1} x', 8],
  ['{"a"', 4],
  ['{"a":01}', 6],
  ['["\\x"]', 3],
])('finds the mistake in %s at position %i', (text, position) => {
  expect(findJsonMistake(text)).toBe(position)
})
