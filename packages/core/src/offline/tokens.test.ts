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

/** The same rules as a regular expression says them, which is clear and slow. */
function estimateByExpression(text: string): number {
  const parts =
    /([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}])|([\p{L}\p{M}]+)|(\p{N}+)|(\n+)|([^\p{L}\p{M}\p{N}\s]+)/gu
  let tokens = 0
  for (const [, character, word, digits, breaks, marks] of text.matchAll(parts)) {
    if (character !== undefined || breaks !== undefined) tokens += 1
    else if (word !== undefined) tokens += word.length <= 7 ? 1 : Math.ceil(word.length / 5)
    else if (digits !== undefined) tokens += Math.ceil(digits.length / 3)
    else if (marks !== undefined) tokens += Math.ceil(marks.length / 2)
  }
  return tokens
}

test('characters of every kind count as the rules say, in runs and alone', () => {
  const pieces = [
    'abcdefghij',
    'é',
    'e\u0301',
    '東',
    '〇',
    '⺀',
    '々',
    '12345',
    '٣',
    '½',
    '\n',
    '\r\n',
    '\u00a0',
    ' ',
    '!?',
    '😀',
    '\ud800',
    '\udc00',
    '𠀀',
    '𝟘',
    '한',
    'ア',
    'ー',
    '{"a":[1]}',
  ]
  const anyText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...pieces)).map((some) => some.join('')),
  )
  fc.assert(
    fc.property(anyText, (text) => {
      expect(estimateTokens(text)).toBe(estimateByExpression(text))
    }),
    { numRuns: 3_000 },
  )
})
