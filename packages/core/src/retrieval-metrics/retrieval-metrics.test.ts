import fc from 'fast-check'
import { expect, test } from 'vitest'
import { averagePrecision, normalisedGain, precisionAtK, recallAtK, reciprocalRank } from './index.ts'

const relevance = [false, true, false, true, true]

test('the measures match the reference vector [0,1,0,1,1] with 4 relevant', () => {
  expect(recallAtK(relevance, 4, 5)).toBe(0.75)
  expect(precisionAtK(relevance, 5)).toBe(0.6)
  expect(reciprocalRank(relevance)).toBe(0.5)
  expect(averagePrecision(relevance, 4)).toBeCloseTo(0.4, 12)
  expect(normalisedGain([0, 1, 0, 1, 1], { k: 5, ideal: [1, 1, 1, 1] })).toBeCloseTo(0.56545, 6)
})

test('graded gain matches its vectors in both forms', () => {
  const grades = [3, 2, 3, 0, 1, 2]
  expect(normalisedGain(grades)).toBeCloseTo(0.960808, 6)
  expect(normalisedGain(grades, { gain: 'exponential' })).toBeCloseTo(0.948811, 6)
})

test('without anything relevant there is no score, and short lists count as misses', () => {
  expect(recallAtK([false], 0, 1)).toBeNull()
  expect(averagePrecision([], 0)).toBeNull()
  expect(normalisedGain([0, 0])).toBeNull()
  expect(reciprocalRank([])).toBe(0)
  expect(precisionAtK([true], 4)).toBe(0.25)
})

test('every measure is between 0 and 1, and perfect for a perfect order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(3), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 12 }),
      (grades, k) => {
        const flags = grades.map((grade) => grade > 0)
        const total = Math.max(1, flags.filter(Boolean).length)
        const scores = [
          recallAtK(flags, total, k) ?? 0,
          averagePrecision(flags, total) ?? 0,
          normalisedGain(grades, { k }) ?? 0,
          precisionAtK(flags, k),
        ]
        for (const score of scores) expect(score >= 0 && score <= 1 + 1e-12).toBe(true)
        expect(
          normalisedGain(
            grades.toSorted((a, b) => b - a),
            { k },
          ) ?? 1,
        ).toBeCloseTo(1, 12)
      },
    ),
  )
})
