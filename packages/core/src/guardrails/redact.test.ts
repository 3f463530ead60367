import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Finding } from './finding.ts'
import { mergeFindings, redact } from './redact.ts'

const finding = (kind: string, start: number, end: number, score = 0.9): Finding => ({
  detector: 'pii',
  kind,
  start,
  end,
  score,
})

test('each style replaces exactly what was found', () => {
  const findings = [finding('email', 5, 13), finding('phone', 18, 22)]
  const text = 'Mail a@b.exam or 12 34 now'
  expect(redact(text, findings)).toBe('Mail [EMAIL] or 1[PHONE] now')
  expect(redact(text, findings, 'mask')).toBe('Mail ******** or 1* ** now')
  expect(redact(text, findings, 'remove')).toBe('Mail  or 1 now')
})

test('findings that overlap become one, named after the best', () => {
  const text = '0123456789'
  expect(redact(text, [finding('a', 1, 5, 0.6), finding('b', 3, 8, 0.9)])).toBe('0[B]89')
  expect(redact(text, [finding('a', 1, 8), finding('b', 3, 5)])).toBe('0[A]89')
  expect(redact(text, [finding('a', 1, 3), finding('b', 3, 5)])).toBe('0[A][B]56789')
})

test('invisible characters are removed rather than labelled', () => {
  const invisible = { ...finding('zero-width', 1, 2), detector: 'invisible' }
  expect(redact('a\u200Bb', [invisible])).toBe('ab')
})

test('what was not found stays as it was, whatever overlaps', () => {
  const range = fc.tuple(fc.nat(40), fc.nat(12)).map(([start, length]) => finding('x', start, start + length))
  fc.assert(
    fc.property(fc.array(range, { maxLength: 10 }), (findings) => {
      const text = Array.from({ length: 60 }, (_, index) => String.fromCharCode(0x4e00 + index)).join('')
      const kept = Array.from(text).filter(
        (_, at) => !findings.some(({ start, end }) => at >= start && at < end),
      )
      expect(redact(text, findings, 'remove')).toBe(kept.join(''))
      for (const [index, merged] of mergeFindings(findings).entries())
        expect(merged.start).toBeGreaterThanOrEqual(mergeFindings(findings)[index - 1]?.end ?? 0)
    }),
  )
})
