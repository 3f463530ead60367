import { expect, test } from 'vitest'
import { fillBuckets, rangeOf } from './fill-buckets.ts'

const us = 1_000_000

test('a series covers the asked time, with empty buckets where nothing happened', () => {
  const range = rangeOf({ from: '1970-01-01T00:00:05Z' }, { firstUs: 12 * us, lastUs: 13 * us }, 31_000)
  const filled = fillBuckets([{ atUs: 10 * us, traces: 2, errors: 1 }], range, 10)
  expect(filled.map(({ atUs, traces }) => [atUs / us, traces])).toEqual([
    [0, 0],
    [10, 2],
    [20, 0],
    [30, 0],
  ])
})

test('without an asked time it covers what was found, and nothing found gives no series', () => {
  const found = { firstUs: 12 * us, lastUs: 33 * us }
  expect(rangeOf({}, found, 99_000)).toEqual(found)
  expect(fillBuckets([], found, 10)).toEqual([])
})
