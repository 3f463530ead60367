export type PeriodLength = 'day' | 'month'

/** A calendar day or month in UTC. `name` is `2026-11-21` or `2026-11`; `endMs` is the first moment after it. */
export type CalendarPeriod = {
  readonly length: PeriodLength
  readonly name: string
  readonly startMs: number
  readonly endMs: number
}

/** The day or month that a moment is in. */
export function periodAt(length: PeriodLength, nowMs: number): CalendarPeriod {
  const now = new Date(nowMs)
  const year = now.getUTCFullYear()
  const month = now.getUTCMonth()
  const day = now.getUTCDate()
  const startMs = length === 'day' ? Date.UTC(year, month, day) : Date.UTC(year, month)
  const endMs = length === 'day' ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1)
  return { length, name: now.toISOString().slice(0, length === 'day' ? 10 : 7), startMs, endMs }
}

/** Reads the name of a period back; undefined when it is none. */
export function readPeriod(name: string): CalendarPeriod | undefined {
  if (!/^\d{4}-\d{2}(?:-\d{2})?$/.test(name)) return undefined
  const startMs = Date.parse(`${name}${name.length === 7 ? '-01' : ''}T00:00:00.000Z`)
  if (Number.isNaN(startMs)) return undefined
  const period = periodAt(name.length === 7 ? 'month' : 'day', startMs)
  return period.name === name ? period : undefined
}
