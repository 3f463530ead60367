import type { TriedFinding } from '@ratchet/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { markFindings } from './mark-findings.ts'

const found = (kind: string, start: number, end: number): TriedFinding => ({
  rule: 'mask',
  action: 'redact',
  detector: 'pii',
  kind,
  score: 1,
  place: { start, end },
})

test('what was found is a piece of its own, and what overlaps is one piece', () => {
  const parts = markFindings('call ada@x.io or 5551234', [
    found('phone', 17, 24),
    found('email', 5, 13),
    found('url', 9, 13),
  ])
  expect(parts.map(({ text, findings }) => [text, findings.map(({ kind }) => kind)])).toEqual([
    ['call ', []],
    ['ada@x.io', ['email', 'url']],
    [' or ', []],
    ['5551234', ['phone']],
  ])
})

test('the pieces are the text, whatever was found', () => {
  const finding = fc.tuple(fc.nat(30), fc.nat(30)).map(([start, end]) => found('x', start, end))
  fc.assert(
    fc.property(fc.string({ maxLength: 30 }), fc.array(finding), (text, findings) => {
      expect(
        markFindings(text, findings)
          .map((part) => part.text)
          .join(''),
      ).toBe(text)
    }),
  )
})
