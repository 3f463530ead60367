import { expect, test } from 'vitest'
import { fillGaps, type SparkPoint } from './spark-points.ts'

const point = (minute: number, total: number): SparkPoint => ({
  at: new Date(Date.UTC(2026, 10, 20, 12, minute)).toISOString(),
  total,
  bad: 0,
})

test('a gap in time becomes empty buckets', () => {
  expect(fillGaps([point(0, 3), point(1, 5), point(4, 2)]).map(({ total }) => total)).toEqual([3, 5, 0, 0, 2])
})

test('what has no gap, one point, or too wide a range stays as it is', () => {
  const whole = [point(0, 1), point(1, 2)]
  expect(fillGaps(whole)).toBe(whole)
  expect(fillGaps([point(0, 1)])).toHaveLength(1)
  expect(fillGaps([])).toEqual([])
  expect(fillGaps([point(0, 1), point(1, 1), point(5000, 1)])).toHaveLength(3)
})
