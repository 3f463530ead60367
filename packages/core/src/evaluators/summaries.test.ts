import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeRandom } from '../statistics/index.ts'
import { compareScores, summariseScores, type ScoredItem } from './index.ts'

const itemsOf = (scores: readonly (number | null)[], metadata?: Record<string, unknown>): ScoredItem[] =>
  scores.map((score, index) => ({ itemId: `i${index}`, metadata, scores: { m: { score } } }))

test('rates get a Wilson interval', () => {
  const { m } = summariseScores(itemsOf([1, 1, 1, 1, 1, 1, 1, 1, 0, 0]))
  expect(m).toMatchObject({ mean: 0.8, n: 10, unscored: 0, method: 'wilson' })
  expect(m?.low).toBeCloseTo(0.49016, 5)
  expect(m?.high).toBeCloseTo(0.94332, 5)
})

test('other means get a t interval, clustered when items share a group or repeat', () => {
  expect(summariseScores(itemsOf([0.2, 0.4, 0.9])).m?.method).toBe('t')
  const grouped = ['a', 'a', 'b', 'b'].map((page, index) => ({
    itemId: `i${index}`,
    metadata: { page },
    scores: { m: { score: index / 4 } },
  }))
  expect(summariseScores(grouped, { cluster: 'page' }).m?.method).toBe('clustered')
  const repeated = [...itemsOf([0.1, 0.6]), ...itemsOf([0.1, 0.6])]
  const once = summariseScores(itemsOf([0.1, 0.6])).m
  expect(summariseScores(repeated).m).toMatchObject({ method: 'clustered', mean: 0.35 })
  expect(summariseScores(repeated).m?.low).toBeCloseTo(once?.low ?? NaN, 9)
})

test('repeating every item does not make a rate look more certain', () => {
  const once = itemsOf([1, 1, 1, 0, 1, 1])
  const thrice = [...once, ...once, ...once]
  const single = summariseScores(once).m
  const repeated = summariseScores(thrice).m
  expect((repeated?.high ?? 0) - (repeated?.low ?? 0)).toBeGreaterThan(
    0.9 * ((single?.high ?? 0) - (single?.low ?? 0)),
  )
  const perfect = itemsOf([1, 1, 1, 1])
  expect(summariseScores([...perfect, ...perfect]).m?.low).toBe(summariseScores(perfect).m?.low)
})

test('amounts that are all zero are not taken for rates', () => {
  const items = ['a', 'b', 'c'].map((itemId) => ({ itemId, scores: { cost: { score: 0 } } }))
  expect(summariseScores(items, { amounts: new Set(['cost']) })['cost']).toMatchObject({
    mean: 0,
    low: 0,
    high: 0,
    method: 't',
  })
  expect(summariseScores(items)['cost']).toMatchObject({ method: 'wilson' })
})

test('without any score there is no mean', () => {
  expect(summariseScores(itemsOf([null, null])).m).toEqual({
    mean: null,
    low: null,
    high: null,
    n: 0,
    unscored: 2,
    method: 'none',
  })
  expect(summariseScores([])).toEqual({})
  expect(summariseScores(itemsOf([0.4])).m).toMatchObject({ mean: 0.4, low: null, high: null })
})

test('unscored answers never count as 0', () => {
  const score = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(fc.array(score, { minLength: 1, maxLength: 20 }), fc.nat(10), (scores, missing) => {
      const gaps = Array.from({ length: missing }, () => null)
      const { n: _, unscored: __, ...full } = summariseScores(itemsOf(scores)).m!
      const { n, unscored, ...gappy } = summariseScores(itemsOf([...scores, ...gaps])).m!
      expect(gappy).toEqual(full)
      expect([n, unscored]).toEqual([scores.length, missing])
    }),
  )
})

test('two runs are compared over the items that both scored', () => {
  const a = itemsOf([0.8, 0.7, 0.7, 0.9, 0.6, 0.4, 0.95, 0.6, null])
  const b = itemsOf([0.9, 0.8, 0.7, 1, 0.6, 0.5, 0.9, 0.8, 1])
  const { m } = compareScores(a, b, { random: makeRandom(1) })
  expect(m).toMatchObject({ n: 8, improved: 5, worse: 1, equal: 2 })
  expect(m?.difference).toBeCloseTo(0.06875, 9)
  expect(m?.p).toBeCloseTo(0.045172, 6)
  expect(m?.pAdjusted).toBe(m?.p)
})

test('for costs and times, lower is improved', () => {
  const options = { random: makeRandom(1), lowerIsBetter: new Set(['m']) }
  const { m } = compareScores(itemsOf([100, 200]), itemsOf([80, 250]), options)
  expect(m).toMatchObject({ difference: 15, improved: 1, worse: 1 })
})

test('several metrics are corrected together, and nothing in common gives nulls', () => {
  const two = (x: number, y: number, id: number): ScoredItem => ({
    itemId: `i${id}`,
    scores: { x: { score: x }, y: { score: y } },
  })
  const a = [two(0.1, 0.5, 1), two(0.2, 0.4, 2), two(0.1, 0.6, 3)]
  const b = [two(0.5, 0.6, 1), two(0.7, 0.4, 2), two(0.6, 0.5, 3)]
  const result = compareScores(a, b, { random: makeRandom(1) })
  expect(result['x']?.pAdjusted).toBeCloseTo(2 * (result['x']?.p ?? NaN), 12)
  const none = compareScores([two(1, 1, 1)], [two(1, 1, 2)], { random: makeRandom(1) })
  expect(none['x']).toMatchObject({ difference: null, p: null, pAdjusted: null, n: 0 })
})
