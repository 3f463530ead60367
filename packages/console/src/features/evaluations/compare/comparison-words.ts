import type { MetricComparison } from '@ratchet/contract'
import { isHigherBetter } from '../metric-words.ts'

export type Direction = 'better' | 'worse' | 'unclear' | 'same'

/**
 * Whether a difference is real: p after Holm's correction under 0.05, and a direction. `same` means that no item
 * changed; everything else is unclear, which does not mean equal.
 */
export function directionOf(name: string, comparison: MetricComparison): Direction {
  const { difference, pAdjusted, n, equal } = comparison
  if (n > 0 && equal === n) return 'same'
  if (difference === null || difference === 0 || pAdjusted === null || pAdjusted >= 0.05) return 'unclear'
  return difference > 0 === isHigherBetter(name) ? 'better' : 'worse'
}

/** The verdict in one sentence: "2 metrics better, 1 worse, 2 without a clear difference". */
export function describeComparison(comparison: Readonly<Record<string, MetricComparison>>): string {
  const names = Object.keys(comparison)
  if (names.length === 0) return 'The two runs have no metric in common'
  const count = (direction: Direction): number =>
    Object.entries(comparison).filter(([name, one]) => directionOf(name, one) === direction).length
  const [better, worse, unclear, same] = [count('better'), count('worse'), count('unclear'), count('same')]
  const nouns = (number: number): string => (number === 1 ? 'metric' : 'metrics')
  if (better + worse + unclear === 0) return `No item changed in ${String(same)} ${nouns(same)}`
  if (better + worse === 0) return `No clear difference in ${String(unclear + same)} ${nouns(unclear + same)}`
  const parts = [
    ...(better > 0 ? [`${String(better)} ${nouns(better)} better`] : []),
    ...(worse > 0 ? [better > 0 ? `${String(worse)} worse` : `${String(worse)} ${nouns(worse)} worse`] : []),
    ...(unclear > 0 ? [`${String(unclear)} without a clear difference`] : []),
    ...(same > 0 ? [`${String(same)} the same`] : []),
  ]
  return parts.join(', ')
}
