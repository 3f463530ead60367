import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  adjustBenjaminiHochberg,
  adjustHolm,
  makeRandom,
  mcnemarTest,
  randomInteger,
  shuffled,
} from './index.ts'

test("McNemar's test matches its vectors", () => {
  const small = mcnemarTest(12, 5)
  expect(small.exactP).toBeCloseTo(0.143463, 6)
  expect(small.chiSquare).toBeCloseTo(2.11765, 5)
  expect(small.chiSquareP).toBeCloseTo(0.14561, 5)
  expect(mcnemarTest(86, 150).chiSquare).toBeCloseTo(16.8178, 5)
  expect(mcnemarTest(383, 95).chiSquare).toBeCloseTo(172.32, 3)
  expect(mcnemarTest(0, 0)).toEqual({ exactP: 1, chiSquare: 0, chiSquareP: 1 })
})

test('Holm and Benjamini-Hochberg match their vectors', () => {
  const p = [0.01, 0.04, 0.03, 0.005]
  expect(adjustHolm(p).map(round)).toEqual([0.03, 0.06, 0.06, 0.02])
  expect(adjustBenjaminiHochberg(p).map(round)).toEqual([0.02, 0.04, 0.04, 0.02])
})

test("Benjamini and Hochberg's own 15 p-values give 4 discoveries where Holm gives 3", () => {
  const p = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
    0.759, 1,
  ]
  const rejected = (values: number[]) => values.filter((value) => value <= 0.05).length
  expect(rejected(adjustBenjaminiHochberg(p))).toBe(4)
  expect(rejected(adjustHolm(p))).toBe(3)
})

test('adjusted p-values are never smaller than given, and Holm is never below Benjamini-Hochberg', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }), (values) => {
      const holm = adjustHolm(values)
      const hochberg = adjustBenjaminiHochberg(values)
      for (const [index, value] of values.entries()) {
        expect(hochberg[index]!).toBeGreaterThanOrEqual(value - 1e-15)
        expect(holm[index]!).toBeGreaterThanOrEqual(hochberg[index]! - 1e-15)
      }
    }),
  )
})

test('equal seeds repeat a sequence, other seeds do not', () => {
  const draw = (seed: number | string) => {
    const random = makeRandom(seed)
    return Array.from({ length: 20 }, () => random())
  }
  expect(draw(7)).toEqual(draw(7))
  expect(draw(7)).not.toEqual(draw(8))
  expect(draw('a')).not.toEqual(draw('b'))
})

test('the seeded generator is uniform enough for resampling', () => {
  const random = makeRandom(42)
  const counts = Array.from({ length: 10 }, () => 0)
  for (let draw = 0; draw < 100_000; draw++) {
    const bin = randomInteger(random, 10)
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)
  expect(chiSquare).toBeLessThan(27.9)
})

test('shuffling keeps every item and leaves the input alone', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
      const before = [...items]
      expect(shuffled(items, makeRandom(seed)).toSorted((a, b) => a - b)).toEqual(
        items.toSorted((a, b) => a - b),
      )
      expect(items).toEqual(before)
    }),
  )
})

function round(value: number): number {
  return Math.round(value * 1e9) / 1e9
}
