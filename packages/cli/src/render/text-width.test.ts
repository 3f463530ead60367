import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitText, padText, textWidth } from './text-width.ts'

test('wide characters, emoji, combining marks and colour codes take the columns a terminal gives them', () => {
  expect(textWidth('abc')).toBe(3)
  expect(textWidth('日本語')).toBe(6)
  expect(textWidth('👩‍👩‍👧‍👦')).toBe(2)
  expect(textWidth('e\u0301')).toBe(1)
  expect(textWidth('\u001b[31mred\u001b[39m')).toBe(3)
})

test('fitted text never exceeds its width and keeps text that fits', () => {
  expect(fitText('日本語', 5)).toBe('日本…')
  expect(fitText('a\n  b', 10)).toBe('a b')
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 30 }), (text, width) => {
      expect(textWidth(fitText(text, width))).toBeLessThanOrEqual(Math.max(width, 0))
    }),
  )
})

test('padding reaches the width on either side', () => {
  expect(padText('日', 4)).toBe('日  ')
  expect(padText('7', 3, 'right')).toBe('  7')
})
