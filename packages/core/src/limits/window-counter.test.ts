import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WindowCounter } from './window-counter.ts'

type Use = { readonly atMs: number; readonly amount: number }

const steps = fc.array(
  fc.record({ afterMs: fc.integer({ min: 0, max: 40_000 }), amount: fc.integer({ min: 0, max: 50 }) }),
  { maxLength: 200 },
)
const start = fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 })
const windowMs = fc.constantFrom(1_000, 7_000, 60_000, 3_600_000)

/** The truth: every use with its time. */
function usedWithin(log: readonly Use[], fromMs: number, toMs: number): number {
  return log.reduce((sum, use) => (use.atMs > fromMs && use.atMs <= toMs ? sum + use.amount : sum), 0)
}

describe('what was used over a time', () => {
  const kind = fc.constantFrom('sliding', 'fixed')
  const span = fc.integer({ min: 0, max: 10_000_000 })

  test('counts whole when all of it is in the window, and as evenly spread when it is not', () => {
    fc.assert(
      fc.property(
        kind,
        start,
        windowMs,
        span,
        span,
        fc.integer({ max: 1e12, min: 0 }),
        (of, endMs, length, took, ago, amount) => {
          const counter = new WindowCounter(of, length)
          const nowMs = endMs + ago
          counter.addOver(amount, { fromMs: endMs - took, toMs: endMs }, nowMs)
          const shown = of === 'fixed' ? 1 : 17
          const windowFromMs = (Math.floor(nowMs / counter.partMs) - shown + 1) * counter.partMs
          const within = endMs - Math.max(endMs - took, windowFromMs)
          const expected = within < 0 ? 0 : took === 0 || within >= took ? amount : (amount * within) / took
          expect(Math.abs(counter.used(nowMs) - expected)).toBeLessThanOrEqual(1)
        },
      ),
    )
  })

  test('an hour of work of 3,600 counts 60 in the minute that is filling when it ends now', () => {
    const nowMs = 1_800_000_000_000
    const minute = new WindowCounter('fixed', 60_000)
    minute.addOver(3_600, { fromMs: nowMs - 3_570_000, toMs: nowMs + 30_000 }, nowMs + 30_000)
    expect(minute.used(nowMs + 30_000)).toBe(30)
    const day = new WindowCounter('sliding', 86_400_000)
    day.addOver(3_600, { fromMs: nowMs - 3_600_000, toMs: nowMs }, nowMs)
    expect(day.used(nowMs)).toBe(3_600)
    expect(day.used(nowMs + 25 * 3_600_000 + day.partMs)).toBe(0)
  })

  test('a clock of the provider that is ahead, or an end before the beginning, loses nothing', () => {
    const nowMs = 1_800_000_000_000
    const counter = new WindowCounter('sliding', 60_000)
    counter.addOver(100, { fromMs: nowMs + 50, toMs: nowMs + 5_000 }, nowMs)
    counter.addOver(10, { fromMs: nowMs, toMs: nowMs - 1_000 }, nowMs)
    expect(counter.used(nowMs)).toBe(110)
  })
})

describe('a sliding window', () => {
  test('is never below the true use of the window, and never above that of a window longer by one part', () => {
    fc.assert(
      fc.property(start, windowMs, steps, (startMs, length, uses) => {
        const counter = new WindowCounter('sliding', length)
        const log: Use[] = []
        let nowMs = startMs
        for (const { afterMs, amount } of uses) {
          nowMs += afterMs
          counter.add(amount, nowMs)
          log.push({ atMs: nowMs, amount })
          const used = counter.used(nowMs)
          expect(used).toBeGreaterThanOrEqual(usedWithin(log, nowMs - length, nowMs))
          expect(used).toBeLessThanOrEqual(usedWithin(log, nowMs - length - counter.partMs - 1, nowMs))
        }
      }),
    )
  })

  test('A3.10 what is admitted by it never exceeds the limit in any window, wherever that begins', () => {
    fc.assert(
      fc.property(
        start,
        windowMs,
        steps,
        fc.integer({ min: 1, max: 200 }),
        (startMs, length, uses, limit) => {
          const counter = new WindowCounter('sliding', length)
          const admitted: Use[] = []
          let nowMs = startMs
          for (const { afterMs, amount } of uses) {
            nowMs += afterMs
            if (counter.used(nowMs) + amount > limit) continue
            counter.add(amount, nowMs)
            admitted.push({ atMs: nowMs, amount })
          }
          for (const { atMs } of admitted) {
            expect(usedWithin(admitted, atMs - length, atMs)).toBeLessThanOrEqual(limit)
          }
        },
      ),
    )
  })

  test('A3.10 says when there is room again: not a millisecond too early, and then there is', () => {
    fc.assert(
      fc.property(
        start,
        windowMs,
        steps,
        fc.integer({ min: 1, max: 100 }),
        (startMs, length, uses, wanted) => {
          const counter = new WindowCounter('sliding', length)
          let nowMs = startMs
          for (const { afterMs, amount } of uses)
            counter.add(amount, (nowMs += Math.min(afterMs, length / 20)))
          const before = counter.used(nowMs)
          const waitMs = counter.msUntilFreed(wanted, nowMs)
          expect(Number.isFinite(waitMs)).toBe(before >= wanted)
          if (before < wanted) return
          expect(waitMs).toBeLessThanOrEqual(length + counter.partMs)
          expect(before - counter.used(nowMs + waitMs - 0.6)).toBeLessThan(wanted)
          expect(before - counter.used(nowMs + waitMs + 0.6)).toBeGreaterThanOrEqual(wanted)
        },
      ),
    )
  })
})

test('a fixed window counts exactly what was used since its beginning', () => {
  fc.assert(
    fc.property(start, windowMs, steps, (startMs, length, uses) => {
      const counter = new WindowCounter('fixed', length)
      const log: Use[] = []
      let nowMs = startMs
      for (const { afterMs, amount } of uses) {
        nowMs += afterMs
        counter.add(amount, nowMs)
        log.push({ atMs: nowMs, amount })
        const began = Math.floor(nowMs / length) * length
        expect(counter.used(nowMs)).toBe(usedWithin(log, began - 1, nowMs))
        const isEmpty = counter.used(nowMs) === 0
        expect(counter.msUntilEmpty(nowMs)).toBe(isEmpty ? 0 : began + length - nowMs)
      }
    }),
  )
})

test('what is taken back was never used; what has left the window cannot be taken back', () => {
  const counter = new WindowCounter('sliding', 16_000)
  counter.add(5, 100_000)
  counter.add(3, 104_000)
  counter.takeBack(3, 104_000)
  expect(counter.used(104_000)).toBe(5)
  expect(counter.used(200_000)).toBe(0)
  counter.add(2, 200_000)
  counter.takeBack(5, 100_000)
  expect(counter.used(200_000)).toBe(2)
})

test('the parts of one counter rebuild another', () => {
  fc.assert(
    fc.property(start, steps, (startMs, uses) => {
      const one = new WindowCounter('sliding', 60_000)
      let nowMs = startMs
      for (const { afterMs, amount } of uses) one.add(amount, (nowMs += afterMs))
      const other = new WindowCounter('sliding', 60_000)
      other.replace(one.parts(nowMs), nowMs)
      for (const laterMs of [0, 10_000, 50_000, 70_000]) {
        expect(other.used(nowMs + laterMs)).toBe(one.used(nowMs + laterMs))
      }
    }),
  )
})

test('a clock that jumps ahead and back blocks nobody; one that steps back a little forgets nothing', () => {
  for (const kind of ['sliding', 'fixed'] as const) {
    const counter = new WindowCounter(kind, 60_000)
    counter.add(10, 6_000_000)
    expect(counter.used(5_999_990)).toBe(10)
    counter.add(1, 6_000_000 + 86_400_000)
    expect(counter.used(6_000_000)).toBe(0)
    expect(counter.msUntilEmpty(6_000_000)).toBe(0)
  }
})
