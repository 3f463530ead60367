import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fuseRanks, makeBm25Index } from './index.ts'

test('BM25 matches the reference vector', () => {
  const documents = ['the cat likes mice', 'mice are afraid of dogs', 'i have two dogs and a cat and a cat']
  const index = makeBm25Index(documents.map((text) => text.split(' ')))
  const scores = index.score(['cat', 'mice'])
  for (const [at, expected] of [1.106825, 0.514297, 0.555761].entries())
    expect(scores[at]).toBeCloseTo(expected, 6)
  expect(index.search(['cat', 'mice'], 2).map((hit) => hit.index)).toEqual([0, 2])
  expect(index.search(['zebra'], 5)).toEqual([])
})

test('an empty collection finds nothing', () => {
  expect(makeBm25Index([]).search(['x'], 3)).toEqual([])
  expect(makeBm25Index([[], []]).score(['x'])).toEqual([0, 0])
})

test('rank fusion matches its vectors', () => {
  const fused = fuseRanks([
    ['a', 'b', 'c'],
    ['b', 'd', 'a'],
  ])
  const scoreOf = (id: string) => fused.find((item) => item.id === id)?.score
  expect(scoreOf('a')).toBeCloseTo(0.032266, 6)
  expect(scoreOf('b')).toBeCloseTo(0.032522, 6)
  expect(fused[0]).toMatchObject({ id: 'b', ranks: [2, 1] })
  expect(fused.at(-1)).toMatchObject({ id: 'c', ranks: [3, null] })
})

test('fusion keeps every id once and never ranks a better placed item below a worse one', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { maxLength: 10 }), (ids) => {
      expect(fuseRanks([ids, ids]).map((item) => item.id)).toEqual(ids)
      expect(fuseRanks([ids, []]).map((item) => item.id)).toEqual(ids)
    }),
  )
})
