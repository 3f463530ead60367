import { expect, test } from 'vitest'
import { LoadMonitor } from './load-monitor.ts'

const bounds = { shedDelayMs: 100, shedCalls: 10, shedMemoryBytes: 1_000 }

/** A monitor that has looked at the clock after each of these pauses. */
function after(pausesMs: readonly number[], residentBytes = 0): LoadMonitor {
  const monitor = new LoadMonitor(bounds, () => residentBytes)
  let nowMs = 0
  for (const pauseMs of pausesMs) monitor.tick((nowMs += pauseMs))
  return monitor
}

test('a process that keeps its time takes calls', () => {
  expect(after(Array(100).fill(50)).refusalOf(9, undefined)).toBeUndefined()
})

test('one pause of 200 ms refuses nobody; pauses without end do', () => {
  expect(after([50, 50, 200]).refusalOf(0, undefined)).toBeUndefined()
  expect(after(Array(40).fill(300)).refusalOf(0, undefined)).toBe('delay')
})

test('after a long block calls are taken again within seconds', () => {
  const block = [50, 3_000]
  expect(after(block).refusalOf(0, undefined)).toBe('delay')
  expect(after([...block, ...Array(160).fill(50)]).refusalOf(0, undefined)).toBeUndefined()
})

test('calls in flight and memory have bounds of their own, and the most important calls pass a little longer', () => {
  expect(after([50]).refusalOf(10, undefined)).toBe('calls')
  expect(after([50]).refusalOf(11, 8)).toBeUndefined()
  expect(after([50]).refusalOf(11, 7)).toBe('calls')
  expect(after([50]).refusalOf(12, 9)).toBe('calls')
  expect(after([50], 1_001).refusalOf(0, undefined)).toBe('memory')
  expect(after([50], 1_001).refusalOf(0, 9)).toBeUndefined()
  expect(after([50], 1_201).refusalOf(0, 9)).toBe('memory')
})

test('a bound of 0 is off', () => {
  const off = new LoadMonitor({ shedDelayMs: 0, shedCalls: 0, shedMemoryBytes: 0 }, () => 1e12)
  off.tick(100_000)
  expect(off.refusalOf(1e6, undefined)).toBeUndefined()
})
