import type { Metric } from '@ratchet/contract'
import {
  formatCostNano,
  formatDifference,
  formatDuration,
  formatScore,
} from '../../ui/numbers/format-number.ts'

const lowerIsBetter = /^(latency|cost)/

/** How a metric is measured: as a score, a time, or money. Its name says so (docs: Evaluations). */
export function kindOfMetric(name: string): 'score' | 'duration' | 'cost' {
  if (name.startsWith('latency')) return 'duration'
  if (name.startsWith('cost')) return 'cost'
  return 'score'
}

/** Whether a larger value is the better one. */
export function isHigherBetter(name: string): boolean {
  return !lowerIsBetter.test(name)
}

/** A value of this metric with its unit. */
export function formatMetric(name: string, value: number | null | undefined): string {
  const kind = kindOfMetric(name)
  if (kind === 'duration') return formatDuration(value)
  if (kind === 'cost')
    return formatCostNano(value === null || value === undefined ? value : Math.round(value))
  return formatScore(value)
}

/** A difference of this metric: signed, with its unit. */
export function formatMetricDifference(name: string, value: number | null | undefined): string {
  if (kindOfMetric(name) === 'score' || value === null || value === undefined) return formatDifference(value)
  const sign = value > 0 ? '+' : value < 0 ? '−' : ''
  return `${sign}${formatMetric(name, Math.abs(value))}`
}

/** "0.35 to 0.47, n = 41, 3 unscored": what the mean rests on. */
export function describeMetric(name: string, metric: Metric): string {
  const interval =
    metric.low === null || metric.high === null
      ? []
      : [`${formatMetric(name, metric.low)} to ${formatMetric(name, metric.high)}`]
  const unscored = metric.unscored > 0 ? [`${String(metric.unscored)} unscored`] : []
  return [...interval, `n = ${String(metric.n)}`, ...unscored].join(', ')
}

/** Metrics in a fixed order (scores, then times and money), so that two runs line up. */
export function orderMetrics(names: readonly string[]): string[] {
  const rank = { score: 0, duration: 1, cost: 2 }
  return [...names].sort((a, b) => rank[kindOfMetric(a)] - rank[kindOfMetric(b)] || a.localeCompare(b))
}
