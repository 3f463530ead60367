import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { estimateCallTokens, forecastSpend, periodAt, readPeriod, shareAllowance } from './index.ts'
import { processorMs } from '../testing/processor-ms.ts'

const moment = fc.integer({ min: 0, max: 4_000_000_000_000 })

test('every moment is in exactly one day and one month, and periods follow each other without a gap', () => {
  fc.assert(
    fc.property(moment, fc.constantFrom('day' as const, 'month' as const), (nowMs, length) => {
      const period = periodAt(length, nowMs)
      expect(nowMs >= period.startMs && nowMs < period.endMs).toBe(true)
      expect(periodAt(length, period.endMs).startMs).toBe(period.endMs)
      expect(periodAt(length, period.endMs - 1)).toEqual(period)
      expect(readPeriod(period.name)).toEqual(period)
    }),
  )
  expect(periodAt('month', Date.UTC(2028, 1, 29, 12))).toMatchObject({
    name: '2028-02',
    endMs: Date.UTC(2028, 2, 1),
  })
})

test.each(['', '2026', '2026-13', '2026-02-30', '2026-1-1', 'yesterday'])('"%s" is no period', (name) => {
  expect(readPeriod(name)).toBeUndefined()
})

describe('sharing what is left', () => {
  const amount = fc.double({ min: 0, max: 1e9, noNaN: true })

  test('nobody gets more than there is, and a need that can be met is met', () => {
    fc.assert(
      fc.property(amount, amount, amount, fc.integer({ min: 1, max: 9 }), (rest, want, need, holders) => {
        const share = shareAllowance({ rest, want, need, holders, floor: 1_000 })
        expect(share).toBeLessThanOrEqual(rest)
        expect(share).toBeGreaterThanOrEqual(Math.min(rest, need))
        expect(share).toBeLessThanOrEqual(Math.max(Math.min(rest, 1_000), rest / 2 + 1, need))
      }),
    )
  })

  test('A3.10 the whole limit can be used: asking again and again leaves nothing behind', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 9 }), (limit, holders) => {
        let rest = limit
        let asked = 0
        while (rest > 0 && asked < 5_000) {
          rest -= shareAllowance({ rest, want: limit, need: 0, holders, floor: limit / 400 })
          asked += 1
        }
        expect(rest).toBe(0)
        expect(asked).toBeLessThan(500)
      }),
    )
  })

  test('who wants nothing gets nothing', () => {
    expect(shareAllowance({ rest: 100, want: 0, need: 0, holders: 1, floor: 1 })).toBe(0)
    expect(shareAllowance({ rest: -5, want: 10, need: 10, holders: 1, floor: 1 })).toBe(0)
  })
})

describe('the estimate before a call', () => {
  test('reserves the input and the longest answer that the caller allows', () => {
    expect(estimateCallTokens({ input: 'Which port does the gateway use?', maxOutputTokens: 100 })).toBe(107)
    expect(estimateCallTokens({ input: 400, maxOutputTokens: 16 })).toBe(116)
  })

  test('takes the usual answer when it is shorter, and a typical one when nothing is known', () => {
    expect(estimateCallTokens({ input: 0, maxOutputTokens: 32_000, usualOutputTokens: 700 })).toBe(700)
    expect(estimateCallTokens({ input: 0, maxOutputTokens: 10, usualOutputTokens: 700 })).toBe(10)
    expect(estimateCallTokens({ input: 0 })).toBe(512)
  })

  test('A3.4 looks at a bounded part of a long text', () => {
    const short = estimateCallTokens({ input: 'word '.repeat(800), maxOutputTokens: 0 })
    const text = 'word '.repeat(2_000_000)
    const times = Array.from({ length: 3 }, () => {
      const startMs = processorMs()
      expect(estimateCallTokens({ input: text, maxOutputTokens: 0 }) / (short * 2_500)).toBeCloseTo(1, 2)
      return processorMs() - startMs
    })
    expect(Math.min(...times)).toBeLessThan(20)
  })
})

describe('the forecast to the end of the period', () => {
  const month = periodAt('month', Date.UTC(2026, 10, 1))

  test('goes on as fast as so far when little is known', () => {
    const nowMs = Date.UTC(2026, 10, 11)
    const days = new Map([['2026-10-31', 40]])
    const rate = { atEnd: 300, method: 'rate' }
    expect(forecastSpend({ period: month, nowMs, spent: 100, days })).toEqual(rate)
    expect(forecastSpend({ period: month, nowMs, spent: 100, days: new Map() })).toEqual(rate)
  })

  test('who began in the middle of the period is judged by the days since, not by those before', () => {
    // 25 a day since the 7th, twenty days to go.
    const nowMs = Date.UTC(2026, 10, 11)
    const days = new Map([
      ['2026-11-07', 30],
      ['2026-11-09', 70],
    ])
    expect(forecastSpend({ period: month, nowMs, spent: 100, days })).toEqual({ atEnd: 600, method: 'rate' })
  })

  test('a month is not told from its first night when there are days before it', () => {
    const december = periodAt('month', Date.UTC(2026, 11, 1))
    const days = new Map(Array.from({ length: 10 }, (_, index) => [`2026-11-${21 + index}`, 100]))
    days.set('2026-12-01', 5)
    const at = (nowMs: number) => forecastSpend({ period: december, nowMs, spent: 5, days })
    // 1005 in ten days and three hours; thirty days and 21 hours to go.
    const atEnd = Math.round(5 + (1005 / 10.125) * 30.875)
    expect(at(Date.UTC(2026, 11, 1, 3))).toEqual({ atEnd, method: 'rate' })
    expect(at(december.startMs)).toEqual({ atEnd: 5 + Math.round((1005 / 10) * 31), method: 'rate' })
    expect(at(Date.UTC(2026, 11, 2))).toEqual({ atEnd: 5 * 31, method: 'rate' })
    // A day is: what is spent today says more of it than the days before.
    const today = periodAt('day', Date.UTC(2026, 11, 1))
    const nowMs = Date.UTC(2026, 11, 1, 3)
    expect(forecastSpend({ period: today, nowMs, spent: 5, days })).toEqual({ atEnd: 40, method: 'rate' })
  })

  test('who began today, the first of a month, is judged by today alone', () => {
    const december = periodAt('month', Date.UTC(2026, 11, 1))
    const nowMs = Date.UTC(2026, 11, 1, 12)
    const days = new Map([['2026-12-01', 7]])
    const forecast = forecastSpend({ period: december, nowMs, spent: 7, days })
    expect(forecast).toEqual({ atEnd: 7 * 62, method: 'rate' })
  })

  test('the 29th of February is a day, and nothing spent stays nothing', () => {
    const february = periodAt('month', Date.UTC(2028, 1, 1))
    const nowMs = Date.UTC(2028, 1, 11)
    expect(forecastSpend({ period: february, nowMs, spent: 10, days: new Map() })?.atEnd).toBe(29)
    expect(forecastSpend({ period: february, nowMs, spent: 0, days: new Map() })?.atEnd).toBe(0)
    const huge = forecastSpend({ period: february, nowMs, spent: 9e15, days: new Map() })
    expect(huge?.atEnd).toBe(26.1e15)
  })

  test('says nothing in the first hours of who began today', () => {
    const days = new Map([['2026-11-11', 5]])
    const at = (hour: number) =>
      forecastSpend({ period: month, nowMs: Date.UTC(2026, 10, 11, hour), spent: 5, days })
    expect(at(7)).toBeUndefined()
    expect(at(12)).toEqual({ atEnd: 5 + 10 * 19.5, method: 'rate' })
  })

  test('knows quiet weekends after two weeks', () => {
    const days = new Map<string, number>()
    for (let atMs = Date.UTC(2026, 9, 14); atMs < Date.UTC(2026, 10, 14); atMs += 86_400_000) {
      const weekday = new Date(atMs).getUTCDay()
      days.set(new Date(atMs).toISOString().slice(0, 10), weekday === 0 || weekday === 6 ? 1 : 10)
    }
    // Saturday noon, the 14th: half a Saturday and a Sunday, then eleven working days and four weekend days.
    const nowMs = Date.UTC(2026, 10, 14, 12)
    const forecast = forecastSpend({ period: month, nowMs, spent: 105, days })
    expect(forecast).toEqual({ atEnd: 105 + Math.round(0.5 + 1 + 11 * 10 + 4), method: 'weekdays' })
  })

  test('says nothing in the first minutes of a period without history, and the truth when it is over', () => {
    const day = periodAt('day', Date.UTC(2026, 10, 5))
    expect(
      forecastSpend({ period: day, nowMs: day.startMs + 60_000, spent: 5, days: new Map() }),
    ).toBeUndefined()
    expect(forecastSpend({ period: day, nowMs: day.endMs, spent: 5, days: new Map() })?.atEnd).toBe(5)
  })
})
