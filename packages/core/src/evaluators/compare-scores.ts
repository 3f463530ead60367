import type { MetricComparison } from '@ratchet/contract'
import { adjustHolm, comparePaired, type Random } from '../statistics/index.ts'
import { clusterOf, type ScoredItem } from './summarise-scores.ts'

type Pair = { readonly a: number; readonly b: number; readonly cluster: string }

/**
 * Compares two runs metric by metric: mean of b − a over the items that both scored (repeats averaged within
 * the item first), with a clustered t interval, its p-value, and that p after Holm over all metrics.
 * `improved` counts items that got better, which is lower for metrics in `lowerIsBetter`. Without a common
 * item the figures are null.
 */
export function compareScores(
  a: readonly ScoredItem[],
  b: readonly ScoredItem[],
  options: {
    readonly random: Random
    readonly cluster?: string | undefined
    readonly lowerIsBetter?: ReadonlySet<string>
    readonly level?: number
  },
): Record<string, MetricComparison> {
  const known = new Set(namesOf(b))
  const names = namesOf(a).filter((name) => known.has(name))
  const comparisons = names.map((name) =>
    compareMetric(pairUp(name, { a, b, cluster: options.cluster }), name, options),
  )
  const tested = comparisons.flatMap((comparison, index) =>
    comparison.p === null ? [] : [{ p: comparison.p, index }],
  )
  const adjusted = adjustHolm(tested.map(({ p }) => p))
  const byIndex = new Map(tested.map(({ index }, at) => [index, adjusted[at] ?? null]))
  return Object.fromEntries(
    names.flatMap((name, index) => {
      const comparison = comparisons[index]
      return comparison ? [[name, { ...comparison, pAdjusted: byIndex.get(index) ?? null }]] : []
    }),
  )
}

function compareMetric(
  pairs: readonly Pair[],
  name: string,
  options: { readonly random: Random; readonly lowerIsBetter?: ReadonlySet<string>; readonly level?: number },
): Omit<MetricComparison, 'pAdjusted'> {
  if (pairs.length === 0)
    return { difference: null, low: null, high: null, p: null, n: 0, improved: 0, worse: 0, equal: 0 }
  const result = comparePaired(
    pairs.map((pair) => pair.b),
    pairs.map((pair) => pair.a),
    { ...options, draws: 1, clusters: pairs.map((pair) => pair.cluster) },
  )
  const isLowerBetter = options.lowerIsBetter?.has(name) ?? false
  return {
    difference: result.difference.mean,
    low: result.difference.low,
    high: result.difference.high,
    p: result.p,
    n: pairs.length,
    improved: isLowerBetter ? result.worse : result.improved,
    worse: isLowerBetter ? result.improved : result.worse,
    equal: result.tied,
  }
}

function pairUp(
  name: string,
  runs: {
    readonly a: readonly ScoredItem[]
    readonly b: readonly ScoredItem[]
    readonly cluster: string | undefined
  },
): Pair[] {
  const first = meanByItem(runs.a, name)
  const second = meanByItem(runs.b, name)
  const clusters = new Map(runs.a.map((item) => [item.itemId, clusterOf(item, runs.cluster)]))
  return [...first].flatMap(([itemId, a]) => {
    const b = second.get(itemId)
    return b === undefined ? [] : [{ a, b, cluster: clusters.get(itemId) ?? itemId }]
  })
}

function meanByItem(items: readonly ScoredItem[], name: string): Map<string, number> {
  const sums = new Map<string, { total: number; count: number }>()
  for (const item of items) {
    const score = item.scores[name]?.score
    if (typeof score !== 'number' || !Number.isFinite(score)) continue
    const sum = sums.get(item.itemId) ?? { total: 0, count: 0 }
    sums.set(item.itemId, { total: sum.total + score, count: sum.count + 1 })
  }
  return new Map([...sums].map(([itemId, { total, count }]) => [itemId, total / count]))
}

function namesOf(items: readonly ScoredItem[]): string[] {
  return [...new Set(items.flatMap((item) => Object.keys(item.scores)))]
}
