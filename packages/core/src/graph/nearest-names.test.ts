import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editDistance, nearestNames, suggestNames } from './index.ts'

test('the distance counts edits and swaps', () => {
  const cases = [
    ['', '', 0],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
    ['recieve', 'receive', 1],
    ['ca', 'abc', 2],
    ['😀a', 'a😀', 1],
  ] as const
  for (const [a, b, expected] of cases) expect(editDistance(a, b), `${a} ${b}`).toBe(expected)
})

test('the distance is a metric', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 })
  fc.assert(
    fc.property(word, word, word, (a, b, c) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a))
      expect(editDistance(a, b) === 0).toBe(a === b)
      expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c))
    }),
  )
})

test('near names come first, far ones not at all', () => {
  const models = ['offline/extractive', 'offline/embedding', 'openai/gpt-5.5', 'app/docs-assistant']
  expect(nearestNames('offline/extractiv', models)).toEqual(['offline/extractive'])
  expect(nearestNames('App/Docs-Assistent', models)).toEqual(['app/docs-assistant'])
  expect(nearestNames('docs-assistant', models)).toEqual(['app/docs-assistant'])
  expect(nearestNames('zzzzzz', models)).toEqual([])
})

test('the suggestion reads as a question', () => {
  expect(suggestNames('grep', ['grip', 'grap'])).toBe('Did you mean "grap" or "grip"?')
  expect(suggestNames('x', ['longer'])).toBe('')
})
