/** Relative ranges that can be chosen; `all` has no bound. */
export const ranges = [
  { value: '1h', label: 'Last hour', minutes: 60 },
  { value: '24h', label: 'Last 24 hours', minutes: 1440 },
  { value: '7d', label: 'Last 7 days', minutes: 10_080 },
  { value: '30d', label: 'Last 30 days', minutes: 43_200 },
  { value: 'all', label: 'All time', minutes: undefined },
] as const

export const defaultRange = '7d'

/** A range inside a sentence: "in the last 7 days"; empty for all time. */
export function describeRange(range: string | undefined): string {
  const known = ranges.find(({ value }) => value === (range ?? defaultRange))
  return known?.minutes === undefined ? '' : `in the ${known.label.toLowerCase()}`
}

export type TimeBounds = { readonly from?: string; readonly to?: string }

/**
 * The bounds a URL names: exact ones win over a relative range. A relative start is rounded to the minute,
 * so that a page that is drawn again asks the same question again.
 */
export function boundsOf(
  search: { range?: string | undefined; from?: string | undefined; to?: string | undefined },
  now: Date,
): TimeBounds {
  const exact = { ...isoOf('from', search.from), ...isoOf('to', search.to) }
  if (exact.from !== undefined || exact.to !== undefined) return exact
  const range =
    ranges.find(({ value }) => value === search.range) ?? ranges.find(({ value }) => value === defaultRange)
  if (range?.minutes === undefined) return {}
  const minute = Math.floor(now.getTime() / 60_000) * 60_000
  return { from: new Date(minute - range.minutes * 60_000).toISOString() }
}

function isoOf(name: 'from' | 'to', text: string | undefined): TimeBounds {
  if (text === undefined) return {}
  const at = new Date(text)
  return Number.isNaN(at.getTime()) ? {} : { [name]: at.toISOString() }
}
