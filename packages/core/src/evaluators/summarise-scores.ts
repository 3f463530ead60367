import type { Metric } from '@ratchet/contract'
import { estimateMean, wilsonInterval } from '../statistics/index.ts'
import type { Score } from './evaluation-case.ts'

/** The scores of one answer; an item that ran several times appears once per run. */
export type ScoredItem = {
  readonly itemId: string
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly scores: Readonly<Record<string, Pick<Score, 'score'>>>
}

/**
 * Metrics over all items, by evaluator. Unscored answers are counted apart and enter no mean.
 *
 * Rates (every score 0 or 1) get a Wilson interval, other means a Student-t interval. Items that share the
 * metadata value `cluster`, or an id (repeats), are not independent: means then use the clustered standard
 * error, and rates a Wilson interval over the effective sample size n/deff, deff = (clustered SE / plain SE)²
 * (Korn & Graubard 1998) or, when all scores are equal and deff is unknowable, over the number of clusters.
 * The interval is null when fewer than two clusters were scored and the scores are not rates.
 */
export function summariseScores(
  items: readonly ScoredItem[],
  options: {
    readonly cluster?: string | undefined
    readonly level?: number
    /** Metrics that are amounts (milliseconds, money): never rates, even when every value is 0 or 1. */
    readonly amounts?: ReadonlySet<string>
  } = {},
): Record<string, Metric> {
  const names = new Set(items.flatMap((item) => Object.keys(item.scores)))
  const metrics: Record<string, Metric> = {}
  for (const name of names) {
    const values: number[] = []
    const clusters: string[] = []
    let unscored = 0
    for (const item of items) {
      const score = item.scores[name]?.score
      if (typeof score === 'number' && Number.isFinite(score)) {
        values.push(score)
        clusters.push(clusterOf(item, options.cluster))
      } else unscored++
    }
    metrics[name] = {
      ...measure(values, clusters, {
        level: options.level ?? 0.95,
        isAmount: options.amounts?.has(name) ?? false,
      }),
      n: values.length,
      unscored,
    }
  }
  return metrics
}

/** The group an item is in: its metadata value, or its own id when it has none. */
export function clusterOf(item: Pick<ScoredItem, 'itemId' | 'metadata'>, key: string | undefined): string {
  const value = key === undefined ? undefined : item.metadata?.[key]
  return value === undefined || value === null ? `item ${item.itemId}` : `group ${JSON.stringify(value)}`
}

function measure(
  values: readonly number[],
  clusters: readonly string[],
  { level, isAmount }: { readonly level: number; readonly isAmount: boolean },
): Pick<Metric, 'mean' | 'low' | 'high' | 'method'> {
  if (values.length === 0) return { mean: null, low: null, high: null, method: 'none' }
  const clustered = estimateMean(values, { clusters, level })
  const isClustered = clustered.clusters < values.length
  const { mean, low, high } = clustered
  if (isAmount || !values.every((value) => value === 0 || value === 1)) {
    return { mean, low, high, method: isClustered ? 'clustered' : 't' }
  }
  const size = isClustered ? effectiveSize(values, clustered) : values.length
  return { mean, ...wilsonInterval(mean * size, size, level), method: 'wilson' }
}

function effectiveSize(
  values: readonly number[],
  clustered: { readonly standardError: number | null; readonly clusters: number },
): number {
  const plain = estimateMean(values).standardError ?? 0
  if (plain === 0 || clustered.standardError === null) return clustered.clusters
  const designEffect = Math.max(1, (clustered.standardError / plain) ** 2)
  return values.length / designEffect
}
