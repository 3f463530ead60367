import { expect, test } from 'vitest'
import { boundsOf } from './time-range.ts'

const now = new Date('2026-11-20T12:00:34.567Z')

test('a relative range starts at a full minute, so the same minute asks the same question', () => {
  expect(boundsOf({ range: '1h' }, now)).toEqual({ from: '2026-11-20T11:00:00.000Z' })
  expect(boundsOf({ range: '1h' }, new Date(now.getTime() + 20_000))).toEqual(boundsOf({ range: '1h' }, now))
})

test('exact bounds win over a range', () => {
  expect(boundsOf({ range: '1h', from: '2026-11-01T00:00:00Z' }, now)).toEqual({
    from: '2026-11-01T00:00:00.000Z',
  })
})

test('all time has no bound, and what is not a range or a time falls back to seven days', () => {
  expect(boundsOf({ range: 'all' }, now)).toEqual({})
  expect(boundsOf({ range: 'ever', from: 'soon' }, now)).toEqual({ from: '2026-11-13T12:00:00.000Z' })
})
