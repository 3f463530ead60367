import { studentTQuantile } from './student-t.ts'

/**
 * A mean with its uncertainty. `standardError`, `low` and `high` are null when fewer than two clusters
 * were seen: one observation says nothing about spread, and a made-up interval would be worse than none.
 */
export type MeanEstimate = {
  readonly mean: number
  readonly standardError: number | null
  readonly low: number | null
  readonly high: number | null
  readonly n: number
  readonly clusters: number
}

/**
 * Mean with standard error and Student-t interval (clusters - 1 degrees of freedom).
 *
 * Clustered form, Miller 2024 (arXiv 2411.00640) with the C/(C-1) correction that Inspect AI adds:
 * √(Σ_c(Σ_{i∈c}(sᵢ − s̄))² · C/(C−1)) / n. Without `clusters` every value is its own cluster, which is
 * exactly the textbook sd/√n. Throws RangeError when both lists differ in length or there is no value.
 */
export function estimateMean(
  values: readonly number[],
  options: { readonly clusters?: readonly string[]; readonly level?: number } = {},
): MeanEstimate {
  const { clusters, level = 0.95 } = options
  if (values.length === 0) throw new RangeError('A mean needs at least one value, got none.')
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const sums = [...sumByCluster(values, clusters, mean).values()]
  const count = sums.length
  const base = { mean, n: values.length, clusters: count }
  if (count < 2) return { ...base, standardError: null, low: null, high: null }
  const squares = sums.reduce((sum, value) => sum + value * value, 0)
  const standardError = Math.sqrt((squares * count) / (count - 1)) / values.length
  const reach = studentTQuantile(1 - (1 - level) / 2, count - 1) * standardError
  return { ...base, standardError, low: mean - reach, high: mean + reach }
}

/** Sum of (value - centre) per cluster; shared with the paired comparison. */
export function sumByCluster(
  values: readonly number[],
  clusters: readonly string[] | undefined,
  centre: number,
): Map<string | number, number> {
  if (clusters && clusters.length !== values.length) {
    throw new RangeError(
      `Every value needs a cluster: got ${values.length} values and ${clusters.length} clusters.`,
    )
  }
  const sums = new Map<string | number, number>()
  for (const [index, value] of values.entries()) {
    const cluster = clusters ? (clusters[index] ?? '') : index
    sums.set(cluster, (sums.get(cluster) ?? 0) + value - centre)
  }
  return sums
}
