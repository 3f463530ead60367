import fc from 'fast-check'
import { expect, test } from 'vitest'
import { niceTicks } from './chart-scale.ts'

test('ticks are round numbers inside the range', () => {
  expect(niceTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
  expect(niceTicks(-0.13, 0.21, 4)).toEqual([-0.1, 0, 0.1, 0.2])
  expect(niceTicks(3, 3, 4)).toEqual([3])
})

test('ticks are few, ordered and within the range for any range', () => {
  const bound = fc.double({ min: -1e9, max: 1e9, noNaN: true })
  fc.assert(
    fc.property(bound, bound, fc.integer({ min: 2, max: 8 }), (a, b, count) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)]
      // Twelve digits are what a figure on an axis can need.
      fc.pre(high - low > 1e-6 * Math.max(1, Math.abs(low), Math.abs(high)))
      const ticks = niceTicks(low, high, count)
      const slack = (high - low) * 1e-6
      expect(ticks.length).toBeLessThanOrEqual(count + 2)
      for (const tick of ticks) expect(tick >= low - slack && tick <= high + slack).toBe(true)
      expect([...ticks].sort((x, y) => x - y)).toEqual(ticks)
    }),
  )
})
