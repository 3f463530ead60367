import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bootstrapClusters,
  comparePaired,
  estimateMean,
  makeRandom,
  percentile,
  wilsonInterval,
} from './index.ts'

const score = fc.double({ min: 0, max: 1, noNaN: true })

test('the Wilson interval matches published vectors', () => {
  const small = wilsonInterval(8, 10)
  expect(small.low).toBeCloseTo(0.49016, 5)
  expect(small.high).toBeCloseTo(0.94332, 5)
  const large = wilsonInterval(81, 263)
  expect(large.low).toBeCloseTo(0.25529, 5)
  expect(large.high).toBeCloseTo(0.36621, 5)
  expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 })
})

test('the Wilson interval stays in [0, 1] and holds the rate', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.nat(1000), (successes, failures) => {
      const trials = successes + failures
      const { low, high } = wilsonInterval(successes, trials)
      expect(low).toBeGreaterThanOrEqual(0)
      expect(high).toBeLessThanOrEqual(1)
      const rate = trials > 0 ? successes / trials : 0.5
      expect(low <= rate && rate <= high).toBe(true)
    }),
  )
})

test('the plain and clustered standard error match the vectors of Miller 2024', () => {
  const scores = '1101001110'.split('').map(Number)
  const clusters = '1112233444'.split('')
  expect(estimateMean(scores).standardError).toBeCloseTo(0.163299, 6)
  const clustered = estimateMean(scores, { clusters })
  expect(clustered.mean).toBeCloseTo(0.6, 12)
  expect(clustered.standardError).toBeCloseTo(0.046188, 6)
  expect((clustered.standardError ?? 0) * Math.sqrt(3 / 4)).toBeCloseTo(0.04, 9)
  expect(clustered.low).toBeCloseTo(0.45301, 5)
  expect(clustered.high).toBeCloseTo(0.74699, 5)
})

test('one observation or one cluster has a mean but no interval', () => {
  expect(estimateMean([0.4])).toEqual({
    mean: 0.4,
    standardError: null,
    low: null,
    high: null,
    n: 1,
    clusters: 1,
  })
  expect(estimateMean([1, 0], { clusters: ['a', 'a'] }).low).toBeNull()
  expect(() => estimateMean([])).toThrow('at least one value')
  expect(() => estimateMean([1, 2], { clusters: ['a'] })).toThrow('2 values and 1 clusters')
})

test('clusters of one value give the plain standard error', () => {
  fc.assert(
    fc.property(fc.array(score, { minLength: 2, maxLength: 30 }), (values) => {
      const clusters = values.map((_, index) => `item-${index}`)
      expect(estimateMean(values, { clusters })).toEqual(estimateMean(values))
    }),
  )
})

test('the paired comparison matches its vector', () => {
  const a = [0.9, 0.8, 0.7, 1, 0.6, 0.5, 0.9, 0.8]
  const b = [0.8, 0.7, 0.7, 0.9, 0.6, 0.4, 0.95, 0.6]
  const result = comparePaired(a, b, { random: makeRandom(1) })
  expect(result.difference.mean).toBeCloseTo(0.06875, 9)
  expect(result.difference.standardError).toBeCloseTo(0.028249, 6)
  expect(result.t).toBeCloseTo(2.43374, 5)
  expect(result.p).toBeCloseTo(0.045172, 6)
  expect(result.signFlip).toEqual({ p: 0.0625, method: 'exact', draws: 256 })
  expect([result.improved, result.worse, result.tied]).toEqual([5, 1, 2])
})

test('the paired comparison matches the RouteLLM GSM8K counts', () => {
  const differences = [...repeat(383, -1), ...repeat(95, 1), ...repeat(1319 - 383 - 95, 0)]
  const result = comparePaired(
    differences,
    differences.map(() => 0),
    { random: makeRandom(1), draws: 200 },
  )
  expect(result.difference.mean).toBeCloseTo(0.63836 - 0.85671, 4)
  expect(result.difference.standardError).toBeCloseTo(0.015453, 6)
  expect(result.signFlip.method).toBe('monte-carlo')
  expect(result.signFlip.p).toBeCloseTo(1 / 201, 12)
})

test('repeating every item adds no certainty when repeats are clustered', () => {
  const a = [0.9, 0.4, 0.7, 0.2]
  const b = [0.5, 0.5, 0.5, 0.5]
  const ids = ['a', 'b', 'c', 'd']
  const once = comparePaired(a, b, { random: makeRandom(2), clusters: ids })
  const thrice = comparePaired([...a, ...a, ...a], [...b, ...b, ...b], {
    random: makeRandom(2),
    clusters: [...ids, ...ids, ...ids],
  })
  expect(thrice.difference.standardError).toBeCloseTo(once.difference.standardError ?? 0, 12)
  expect(thrice.p).toBeCloseTo(once.p ?? 0, 12)
  expect(thrice.signFlip.p).toBe(once.signFlip.p)
})

test('identical systems have p = 1, and unequal lists are refused', () => {
  const same = comparePaired([1, 0, 1], [1, 0, 1], { random: makeRandom(3) })
  expect([same.t, same.p, same.signFlip.p]).toEqual([0, 1, 1])
  expect(() => comparePaired([1], [1, 2], { random: makeRandom(3) })).toThrow('got 1 and 2')
})

test('swapping both sides changes the sign and nothing else', () => {
  const pairs = fc.array(fc.tuple(score, score), { minLength: 2, maxLength: 10 })
  fc.assert(
    fc.property(pairs, (items) => {
      const a = items.map(([first]) => first)
      const b = items.map(([, second]) => second)
      const forward = comparePaired(a, b, { random: makeRandom(4) })
      const backward = comparePaired(b, a, { random: makeRandom(4) })
      expect(forward.difference.mean).toBeCloseTo(-backward.difference.mean, 12)
      expect(forward.p).toBeCloseTo(backward.p ?? NaN, 9)
      expect(forward.signFlip.p).toBe(backward.signFlip.p)
    }),
    { numRuns: 50 },
  )
})

test('the bootstrap of {1,2,3,4} approaches the full enumeration', () => {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const result = bootstrapClusters([[1], [2], [3], [4]], mean, { random: makeRandom('b'), draws: 20_000 })
  expect(result.standardError).toBeCloseTo(0.559017, 2)
  expect([result.low, result.high]).toEqual([1.5, 3.5])
  expect(bootstrapClusters([[1], [2]], mean, { random: makeRandom(9) })).toEqual(
    bootstrapClusters([[1], [2]], mean, { random: makeRandom(9) }),
  )
})

test('percentiles interpolate as NumPy does', () => {
  expect(percentile([4, 1, 3, 2], 50)).toBe(2.5)
  expect(percentile([1, 2, 3, 4, 5], 95)).toBeCloseTo(4.8, 12)
  expect(percentile([7], 99)).toBe(7)
  expect(percentile([], 50)).toBeNaN()
})

function repeat(times: number, value: number): number[] {
  return Array.from({ length: times }, () => value)
}
