import type { TargetTraffic } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { healthOf } from './target-health.ts'

/** `recent` is in the last minutes, `earlier` long before. */
function traffic(earlier: [number, number], recent: [number, number]): TargetTraffic {
  const bucket = ([calls, errors]: [number, number]) => ({ at: '2026-11-21T12:00:00.000Z', calls, errors })
  const none = bucket([0, 0])
  return {
    connection: 'openai',
    model: 'gpt',
    calls: earlier[0] + recent[0],
    errors: earlier[1] + recent[1],
    cancelled: 0,
    costNano: 0,
    series: [bucket(earlier), ...Array.from({ length: 28 }, () => none), bucket(recent)],
  }
}
const words = (...given: Parameters<typeof traffic>): string => healthOf(traffic(...given), 60).words

test('a target of which all attempts failed says so, also when there were few of late', () => {
  expect(words([0, 0], [8, 8])).toBe('all calls fail')
  expect(words([40, 40], [1, 1])).toBe('all calls fail')
  expect(words([2, 2], [0, 0])).toBe('all calls fail')
})

test('what failed an hour ago may be well by now, and the other way round', () => {
  expect(words([100, 100], [10, 0])).toBe('answers')
  expect(words([100, 0], [10, 10])).toBe('all calls fail')
  expect(words([100, 0], [10, 6])).toBe('most calls fail')
  expect(words([100, 0], [10, 1])).toBe('some calls fail')
  expect(healthOf(undefined, 60).words).toBe('no calls')
})
