import fc from 'fast-check'
import { expect, test } from 'vitest'
import { estimateTokens, streamPieces } from './index.ts'

test('English prose comes out near four characters per token', () => {
  const text =
    'The gateway holds a snapshot of keys, connections and routes, so it serves requests when everything else is down. ' +
    'Costs are whole nano-dollars, and every figure can be opened down to the rows behind it.'
  const charactersPerToken = text.length / estimateTokens(text)
  expect(charactersPerToken).toBeGreaterThan(3.5)
  expect(charactersPerToken).toBeLessThan(6)
  expect(estimateTokens('')).toBe(0)
  expect(estimateTokens('東京')).toBe(2)
})

test('pieces join to the text, and none is empty or long', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const pieces = streamPieces(text)
      expect(pieces.join('')).toBe(text)
      for (const piece of pieces) expect(piece).not.toBe('')
      expect(estimateTokens(text)).toBeLessThanOrEqual(2 * text.length)
    }),
  )
  expect(streamPieces('One two\nthree ')).toEqual(['One', ' two', '\nthree', ' '])
})
