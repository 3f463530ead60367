import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatBytes,
  formatCompact,
  formatCostNano,
  formatCount,
  formatDifference,
  formatDuration,
  formatPercent,
  formatScore,
} from './format-number.ts'

describe('figures', () => {
  test('a missing value is a dash and never zero', () => {
    const formats = [
      formatCount,
      formatCompact,
      formatScore,
      formatDifference,
      formatPercent,
      formatCostNano,
      formatDuration,
      formatBytes,
    ]
    for (const format of formats) {
      expect(format(undefined)).toBe('–')
      expect(format(0)).not.toBe('–')
    }
  })

  test.each([
    [0, '0'],
    [999, '999'],
    [1_234, '1.2k'],
    [12_345, '12.3k'],
    [99_960, '100k'],
    [999_949, '1M'],
    [1_000_000, '1M'],
    [2_500_000_000, '2.5B'],
    [-12_345, '-12.3k'],
  ])('%d is compact as %s', (value, text) => {
    expect(formatCompact(value)).toBe(text)
  })

  test.each([
    [0, '$0'],
    [420_000, '$0.00042'],
    [1, '$0.000000001'],
    [12_300_000, '$0.012'],
    [123_400_000, '$0.123'],
    [500_000_000, '$0.50'],
    [1_234_000_000, '$1.23'],
    ['1234567000000000', '$1,234,567'],
  ])('%s nano-dollars cost %s', (nano, text) => {
    expect(formatCostNano(nano)).toBe(text)
  })

  test.each([
    [0.42, '0.4 ms'],
    [340.4, '340 ms'],
    [999.6, '1.00 s'],
    [1_240, '1.24 s'],
    [59_999, '1 min'],
    [125_000, '2 min 5 s'],
    [12_000_000, '3 h 20 min'],
    [200_000_000, '2 d 8 h'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })

  test('differences carry their sign unless they round to zero', () => {
    expect(formatDifference(0.034)).toBe('+0.034')
    expect(formatDifference(-0.12)).toBe('−0.120')
    expect(formatDifference(-0.0001)).toBe('0.000')
  })

  test('shares keep two significant digits when small', () => {
    expect(formatPercent(0.1234)).toBe('12.3 %')
    expect(formatPercent(0.00042)).toBe('0.042 %')
    expect(formatPercent(1)).toBe('100 %')
  })

  test('compact figures never take more than six characters', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1e15 }), (value) => formatCompact(value).length <= 6))
  })

  test('a shown cost is within two significant digits of the real one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 1e15 }), (nano) => {
        const shown = Number(formatCostNano(nano).replace(/[$,]/g, ''))
        expect(Math.abs(shown - nano / 1e9) / (nano / 1e9)).toBeLessThan(0.06)
      }),
    )
  })
})
