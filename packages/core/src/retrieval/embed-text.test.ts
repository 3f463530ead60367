import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cosineSimilarity, embedText, embeddingDimensions } from './index.ts'

test('a text embeds to the same unit vector every time', () => {
  const vector = embedText('Releases are immutable bundles.')
  expect(vector).toHaveLength(embeddingDimensions)
  expect(vector).toEqual(embedText('Releases are immutable bundles.'))
  expect(cosineSimilarity(vector, vector)).toBeCloseTo(1, 6)
  expect(Math.hypot(...vector)).toBeCloseTo(1, 5)
})

test('word forms and typos stay near, other topics far', () => {
  const query = embedText('deploying a release to production')
  const near = cosineSimilarity(query, embedText('How releases are deployed in production'))
  const typo = cosineSimilarity(query, embedText('deploing relase producton'))
  const far = cosineSimilarity(query, embedText('token prices of cached input'))
  expect(near).toBeGreaterThan(0.6)
  expect(typo).toBeGreaterThan(far + 0.1)
  expect(Math.abs(far)).toBeLessThan(0.25)
})

test('text without words gives the zero vector', () => {
  expect(embedText('... !!').every((value) => value === 0)).toBe(true)
  expect(cosineSimilarity(embedText(''), embedText('cat'))).toBe(0)
  expect(() => cosineSimilarity([1], [1, 2])).toThrow('got 1 and 2')
})

test('any text gives finite numbers of length 1 or 0', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const length = Math.hypot(...embedText(text))
      expect(length === 0 || Math.abs(length - 1) < 1e-5).toBe(true)
    }),
  )
})
