import { expect, test } from 'vitest'
import {
  formatAge,
  formatBytes,
  formatDifference,
  formatDuration,
  formatInterval,
  formatMoney,
  formatProbability,
  formatScore,
  formatSparkline,
} from './figures.ts'

test('durations use the unit a reader thinks in', () => {
  expect([0.84, 42.4, 999, 1240, 45_000, 187_000, 7_500_000].map(formatDuration)).toEqual([
    '0.8 ms',
    '42 ms',
    '999 ms',
    '1.24 s',
    '45.0 s',
    '3 min 07 s',
    '2 h 05 min',
  ])
})

test('money keeps two digits that matter, and zero is zero', () => {
  expect([0, 1, 420_000, 12_345_678, 1_230_000_000, 1_234_000_000_000].map(formatMoney)).toEqual([
    '$0',
    '$0.000000001',
    '$0.00042',
    '$0.012',
    '$1.23',
    '$1,234',
  ])
})

test('scores, intervals and differences say when there is no figure', () => {
  expect([null, 0.5, 12.34, 1234.5].map(formatScore)).toEqual(['–', '0.500', '12.3', '1,235'])
  expect(formatInterval(0.41, 0.62)).toBe('0.410 … 0.620')
  expect(formatInterval(null, 0.62)).toBe('–')
  expect([0.1, -0.1, null].map((value) => formatDifference(value))).toEqual(['+0.100', '-0.100', '–'])
  expect([0.00001, 0.0421, null].map(formatProbability)).toEqual(['<0.001', '0.042', '–'])
})

test('ages, sizes and sparklines', () => {
  const now = Date.parse('2026-11-21T12:00:00Z')
  expect(formatAge('2026-11-21T11:59:48Z', now)).toBe('12 s ago')
  expect(formatAge('2026-11-19T11:59:48Z', now)).toBe('2026-11-19')
  expect([0, 512, 1536, 1024 ** 3].map(formatBytes)).toEqual(['0 B', '512 B', '1.5 KiB', '1.0 GiB'])
  expect(formatSparkline([0, 1, 2, 4])).toBe('▁▃▅█')
  expect(formatSparkline([])).toBe('')
})
