import { studentTQuantile } from '../statistics/student-t.ts'
import { forecastSpend, type SpendForecast, type SpendHistory } from './forecast-spend.ts'

const dayMs = 86_400_000
const daysLookedAt = 28
const leastDays = 3
const level = 0.9

export type ForecastRange = SpendForecast & {
  /** Nine times in ten the period ends between these; undefined below three whole days of history. */
  readonly low: number | undefined
  readonly high: number | undefined
}

/**
 * The forecast of {@link forecastSpend} with a 90 % prediction interval: days left vary as whole days did around their
 * usual cost, and the usual cost itself is only known from those days (Student t). What is spent is spent: `low` is
 * never below it.
 */
export function forecastRange(history: SpendHistory): ForecastRange | undefined {
  const forecast = forecastSpend(history)
  if (forecast === undefined) return undefined
  const { period, nowMs, spent } = history
  const daysLeft = Math.max(0, (period.endMs - nowMs) / dayMs)
  const spread = dailySpread(history, forecast.method)
  if (spread === undefined) return { ...forecast, low: undefined, high: undefined }
  const { deviation, days, freedom } = spread
  const reach =
    studentTQuantile((1 + level) / 2, freedom) * deviation * Math.sqrt(daysLeft + daysLeft ** 2 / days)
  return {
    ...forecast,
    low: Math.round(Math.max(spent, forecast.atEnd - reach)),
    high: Math.round(forecast.atEnd + reach),
  }
}

/** How far whole days lie from what is usual: for their day of the week, or for all days. */
function dailySpread({ nowMs, days }: SpendHistory, method: SpendForecast['method']) {
  const today = Math.floor(nowMs / dayMs)
  const first = Math.min(...[...days.keys()].map((day) => Date.parse(`${day}T00:00:00.000Z`) / dayMs))
  const from = Math.max(first, today - daysLookedAt)
  if (!(today - from >= leastDays)) return undefined
  const kinds = method === 'weekdays' ? 7 : 1
  const groups = Array.from({ length: kinds }, (): number[] => [])
  for (let day = from; day < today; day++) {
    groups[day % kinds]?.push(days.get(new Date(day * dayMs).toISOString().slice(0, 10)) ?? 0)
  }
  let squares = 0
  for (const values of groups) {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    for (const value of values) squares += (value - mean) ** 2
  }
  const freedom = today - from - kinds
  return { deviation: Math.sqrt(squares / freedom), days: today - from, freedom }
}
