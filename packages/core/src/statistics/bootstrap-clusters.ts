import { percentile } from './percentile.ts'
import { randomInteger, type Random } from './random.ts'

/** Spread of a statistic under resampling: its standard error and percentile interval. */
export type BootstrapResult = { readonly standardError: number; readonly low: number; readonly high: number }

/**
 * Percentile bootstrap that draws whole clusters with replacement (Efron & Tibshirani 1993, section 8.6),
 * so answers of one conversation stay together. `statistic` sees the values of the drawn clusters, joined.
 * Throws RangeError when there is no cluster.
 */
export function bootstrapClusters<Value>(
  clusters: readonly (readonly Value[])[],
  statistic: (values: readonly Value[]) => number,
  options: { readonly random: Random; readonly draws?: number; readonly level?: number },
): BootstrapResult {
  if (clusters.length === 0) throw new RangeError('A bootstrap needs at least one cluster, got none.')
  const { random, draws = 2000, level = 0.95 } = options
  const results: number[] = []
  for (let draw = 0; draw < draws; draw++) {
    const values: Value[] = []
    for (let pick = 0; pick < clusters.length; pick++) {
      values.push(...(clusters[randomInteger(random, clusters.length)] ?? []))
    }
    results.push(statistic(values))
  }
  const mean = results.reduce((sum, value) => sum + value, 0) / draws
  const variance = results.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws
  const tail = (1 - level) / 2
  return {
    standardError: Math.sqrt(variance),
    low: percentile(results, tail * 100),
    high: percentile(results, (1 - tail) * 100),
  }
}
