import type { CalendarPeriod } from './calendar-period.ts'

const dayMs = 86_400_000
/** With so many whole days the days of the week are told apart. */
const weekdayDays = 14
const daysLookedAt = 28

export type SpendHistory = {
  readonly period: CalendarPeriod
  readonly nowMs: number
  /** Spent in the period so far. */
  readonly spent: number
  /** What each day (`2026-11-21`) cost; days without an entry between the first and today cost nothing. */
  readonly days: ReadonlyMap<string, number>
}

export type SpendForecast = {
  /** What will have been spent when the period ends. */
  readonly atEnd: number
  /**
   * `weekdays`: by what each day of the week used to cost; `rate`: as fast as since the period, or the history, began.
   */
  readonly method: 'weekdays' | 'rate'
}

/**
 * Where spending will stand at the end of its period. Who began within it is judged by the days since. Undefined while that
 * is less than a hundredth of the period, and there is no history, when any guess would be noise.
 */
export function forecastSpend(history: SpendHistory): SpendForecast | undefined {
  const { period, nowMs, spent } = history
  if (nowMs >= period.endMs) return { atEnd: spent, method: 'rate' }
  const usual = usualByWeekday(history)
  if (usual !== undefined) return { atEnd: spent + expectedRest(period, nowMs, usual), method: 'weekdays' }
  const { amount, fromMs } = knownSpend(history)
  const knownMs = nowMs - fromMs
  if (knownMs < (period.endMs - period.startMs) / 100) return undefined
  return { atEnd: Math.round(spent + (amount / knownMs) * (period.endMs - nowMs)), method: 'rate' }
}

/**
 * What spending is judged by when the days of the week are not known: the period so far. On the first day of a month the
 * days before count too, or a month would be told from its first night.
 */
function knownSpend({ period, nowMs, spent, days }: SpendHistory): { amount: number; fromMs: number } {
  const firstMs = firstDay(days) * dayMs
  const isFirstDay = period.length === 'month' && nowMs - period.startMs < dayMs
  if (!isFirstDay || !Number.isFinite(firstMs))
    return { amount: spent, fromMs: Math.max(period.startMs, firstMs) }
  let amount = spent
  for (const [day, cost] of days) if (Date.parse(`${day}T00:00:00.000Z`) < period.startMs) amount += cost
  return { amount, fromMs: Math.min(period.startMs, firstMs) }
}

/** The first day with an entry, in days since 1970; infinitely long ago without one. */
function firstDay(days: SpendHistory['days']): number {
  let first = Number.POSITIVE_INFINITY
  for (const day of days.keys()) first = Math.min(first, Date.parse(`${day}T00:00:00.000Z`) / dayMs)
  return first === Number.POSITIVE_INFINITY ? Number.NEGATIVE_INFINITY : first
}

/** Mean cost by day of the week (0 is Sunday) over the last four weeks; undefined with less than two whole weeks. */
function usualByWeekday({ nowMs, days }: SpendHistory): readonly number[] | undefined {
  const today = Math.floor(nowMs / dayMs)
  const first = firstDay(days)
  if (first === Number.NEGATIVE_INFINITY) return undefined
  const from = Math.max(first, today - daysLookedAt)
  if (today - from < weekdayDays) return undefined
  const sums = Array.from({ length: 7 }, () => ({ spent: 0, days: 0 }))
  for (let day = from; day < today; day++) {
    const sum = sums[weekdayOf(day)]
    if (sum === undefined) continue
    sum.spent += days.get(new Date(day * dayMs).toISOString().slice(0, 10)) ?? 0
    sum.days += 1
  }
  return sums.map(({ spent, days: count }) => spent / count)
}

/** What the rest of today and the whole days after it usually cost. */
function expectedRest(period: CalendarPeriod, nowMs: number, usual: readonly number[]): number {
  let expected = 0
  for (let atMs = nowMs; atMs < period.endMs;) {
    const day = Math.floor(atMs / dayMs)
    const untilMs = Math.min(period.endMs, (day + 1) * dayMs)
    expected += ((untilMs - atMs) / dayMs) * (usual[weekdayOf(day)] ?? 0)
    atMs = untilMs
  }
  return Math.round(expected)
}

/** The first of January 1970 was a Thursday. */
function weekdayOf(day: number): number {
  return (day + 4) % 7
}
