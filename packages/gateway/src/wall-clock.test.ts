import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makeWallClock } from './wall-clock.ts'

const startMs = Date.UTC(2026, 10, 21)
const hourMs = 3_600_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: startMs })
})
afterEach(() => {
  vi.useRealTimers()
})

test.each([-hourMs, hourMs])(
  'when the system clock jumps by %i ms, calls that run keep their time and later ones have the new one',
  (jumpMs) => {
    const clock = makeWallClock()
    vi.advanceTimersByTime(1_000)
    vi.setSystemTime(startMs + 1_000 + jumpMs)
    expect(clock.nowUs()).toBe((startMs + 1_000) * 1_000)
    vi.advanceTimersByTime(11_000)
    expect(clock.nowUs()).toBe((startMs + 12_000 + jumpMs) * 1_000)
  },
)
