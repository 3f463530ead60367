import type { UsageDimension, UsageGroup } from '@ratchet/contract'

/** Dimensions that the page groups by, as people call them. */
export const costGroupings = [
  { value: 'model', label: 'By model' },
  { value: 'key', label: 'By key' },
  { value: 'user', label: 'By user' },
  { value: 'app', label: 'By app' },
  { value: 'route', label: 'By route' },
  { value: 'connection', label: 'By connection' },
  { value: 'environment', label: 'By environment' },
] as const satisfies readonly { value: UsageDimension; label: string }[]
export type CostGrouping = (typeof costGroupings)[number]['value']

export const costGroupingNames = costGroupings.map(({ value }) => value)

/** A group as a person calls it. Kept answers and refused calls were asked of no connection. */
export function groupName({ values, name }: Pick<UsageGroup, 'values' | 'name'>, by: CostGrouping): string {
  const value = name ?? values[0] ?? ''
  if (value !== '') return value
  return by === 'connection' ? 'nobody asked' : `no ${by}`
}
