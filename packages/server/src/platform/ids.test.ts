import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeIds } from './ids.ts'

const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

test('ids are version 7 UUIDs that sort by creation, whatever the clock does', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 47 }), { minLength: 2, maxLength: 50 }), (times) => {
      let index = 0
      const makeId = makeIds({ clock: { now: () => times[index++ % times.length]! } })
      const ids = times.map(() => makeId())
      expect(ids.every((id) => uuid7.test(id))).toBe(true)
      expect([...ids].sort()).toEqual(ids)
    }),
  )
})

test('ten thousand ids in one millisecond stay unique and sorted', () => {
  const makeId = makeIds({ clock: { now: () => 1_800_000_000_000 }, random: (bytes) => bytes.fill(255) })
  const ids = Array.from({ length: 10_000 }, makeId)
  expect(new Set(ids).size).toBe(10_000)
  expect([...ids].sort()).toEqual(ids)
})

test('the first 48 bits are the time in milliseconds', () => {
  const id = makeIds({ clock: { now: () => 0x0192_3456_789a } })()
  expect(id.startsWith('01923456-789a-7')).toBe(true)
})
