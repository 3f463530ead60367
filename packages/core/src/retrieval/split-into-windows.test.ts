import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitIntoWindows } from './index.ts'

test('windows end at sentences and share the overlap', () => {
  const text = 'One is here. Two is here. Three is here. Four is here.'
  expect(splitIntoWindows(text, { maxChars: 30, overlap: 14 }).map((window) => window.text)).toEqual([
    'One is here. Two is here.',
    'Two is here. Three is here.',
    'Three is here. Four is here.',
  ])
  expect(splitIntoWindows(text, { maxChars: 200 }).map((window) => window.text)).toEqual([text])
})

test('a sentence longer than a window is cut at spaces', () => {
  const windows = splitIntoWindows('alpha beta gamma delta epsilon zeta', { maxChars: 12 })
  expect(windows.map((window) => window.text.trim())).toEqual(['alpha beta', 'gamma delta', 'epsilon zeta'])
})

test('an overlap that could never advance is refused', () => {
  expect(() => splitIntoWindows('x', { maxChars: 10, overlap: 10 })).toThrow('got 10 and 10')
})

test('windows are slices within the limit, move forward, and lose no visible character', () => {
  const piece = fc.constantFrom('Word', ' ', '. ', '\n', '```\n', '- item ', '。', '😀', 'averyverylongword')
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 60 }),
      fc.integer({ min: 4, max: 40 }),
      fc.nat(3),
      (pieces, maxChars, overlap) => {
        const text = pieces.join('')
        let end = 0
        let start = -1
        for (const window of splitIntoWindows(text, { maxChars, overlap })) {
          expect(window.text).toBe(text.slice(window.start, window.end))
          expect(window.text.length).toBeLessThanOrEqual(maxChars)
          expect(window.start).toBeGreaterThan(start)
          expect(text.slice(end, Math.max(end, window.start)).trim()).toBe('')
          expect(window.text).not.toMatch(/^[\udc00-\udfff]|[\ud800-\udbff]$/)
          start = window.start
          end = window.end
        }
        expect(text.slice(end).trim()).toBe('')
      },
    ),
    { numRuns: 300 },
  )
})
