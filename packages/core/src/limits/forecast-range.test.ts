import { expect, test } from 'vitest'
import { forecastRange, periodAt } from './index.ts'

const dayMs = 86_400_000
const nowMs = Date.UTC(2026, 10, 21)
const period = periodAt('month', nowMs)

function history(costs: readonly number[]) {
  const days = new Map(
    costs.map((cost, index) => [
      new Date(nowMs - (costs.length - index) * dayMs).toISOString().slice(0, 10),
      cost,
    ]),
  )
  const spent = costs.slice(-20).reduce((sum, cost) => sum + cost, 0)
  return { period, nowMs, spent, days }
}

test('days that cost the same leave nothing uncertain', () => {
  expect(forecastRange(history(Array.from({ length: 28 }, () => 100)))).toEqual({
    atEnd: 3000,
    low: 3000,
    high: 3000,
    method: 'weekdays',
  })
})

test('the interval grows with the spread of days, and never goes below what is spent', () => {
  // Four days of 0, 200, 0, 200: deviation 2/sqrt(3) x 100, t(0.95, 3) = 2.3534, ten days left.
  const found = forecastRange(history([0, 200, 0, 200]))
  const reach = 2.353_363 * (200 / Math.sqrt(3)) * Math.sqrt(10 + 100 / 4)
  expect(found?.method).toBe('rate')
  // 100 a day since it began, four days ago.
  expect(found?.atEnd).toBe(1400)
  expect(found?.high).toBe(Math.round(1400 + reach))
  expect(found?.low).toBe(400)
})

test('below three whole days there is a forecast without an interval', () => {
  expect(forecastRange(history([100, 100]))).toMatchObject({ low: undefined, high: undefined })
})
