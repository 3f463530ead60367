import type { MetricComparison } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { describeComparison, directionOf } from './comparison-words.ts'

const of = (difference: number | null, pAdjusted: number | null): MetricComparison => ({
  difference,
  low: null,
  high: null,
  p: pAdjusted,
  pAdjusted,
  n: 10,
  improved: 0,
  worse: 0,
  equal: 0,
})

test('a lower latency is better, a lower score is worse', () => {
  expect(directionOf('latency', of(-20, 0.01))).toBe('better')
  expect(directionOf('token-f1', of(-0.1, 0.01))).toBe('worse')
})

test('what is not significant after correction, or unknown, is unclear', () => {
  for (const one of [of(0.1, 0.05), of(null, null), of(0, 0.001), of(0.1, null)]) {
    expect(directionOf('token-f1', one)).toBe('unclear')
  }
})

test('the sentence counts what got better and worse', () => {
  const comparison = {
    'token-f1': of(0.1, 0.01),
    latency: of(-3, 0.001),
    groundedness: of(-0.1, 0.01),
    contains: of(0, 1),
  }
  expect(describeComparison(comparison)).toBe('2 metrics better, 1 worse, 1 without a clear difference')
  expect(describeComparison({ contains: of(0, 1) })).toBe('No clear difference in 1 metric')
  const same = { ...of(0, 1), equal: 10 }
  expect(describeComparison({ contains: same })).toBe('No item changed in 1 metric')
  expect(describeComparison({ contains: same, latency: of(-3, 0.001) })).toBe('1 metric better, 1 the same')
  expect(describeComparison({})).toBe('The two runs have no metric in common')
})
