/** Ranges of the costs page. `month` is this month so far, the one that budgets and forecasts are about. */
export const costRanges = [
  { value: 'month', label: 'This month', days: undefined },
  { value: '7d', label: 'Last 7 days', days: 7 },
  { value: '30d', label: 'Last 30 days', days: 30 },
  { value: '90d', label: 'Last 90 days', days: 90 },
] as const
export type CostRange = (typeof costRanges)[number]['value']

export const costRangeNames = costRanges.map(({ value }) => value)

/** When the range begins (UTC): whole days, so that the first bar is not half a day. */
export function startOf(range: CostRange | undefined, now: Date): string {
  const days = costRanges.find(({ value }) => value === range)?.days
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()]
  return new Date(
    days === undefined ? Date.UTC(year, month) : Date.UTC(year, month, day - days + 1),
  ).toISOString()
}
