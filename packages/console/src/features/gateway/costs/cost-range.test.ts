import { expect, test } from 'vitest'
import { startOf } from './cost-range.ts'

test('ranges begin with a day in UTC, also over the turn of a month', () => {
  const now = new Date('2026-11-03T17:00:00Z')
  expect(startOf(undefined, now)).toBe('2026-11-01T00:00:00.000Z')
  expect(startOf('month', now)).toBe('2026-11-01T00:00:00.000Z')
  expect(startOf('7d', now)).toBe('2026-10-28T00:00:00.000Z')
})
