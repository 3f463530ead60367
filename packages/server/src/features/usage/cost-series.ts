import type { getUsage, OutputOf } from '@ratchet/contract'
import type { ProjectQueries, QueryOptions } from '#platform/clickhouse/project-queries.ts'
import type { SpanSelection } from './selected-spans.ts'
import { readCostOverTime } from './usage-store.ts'

const mostParts = 6
const stepSeconds = { day: 86_400, hour: 3600 } as const

type Series = NonNullable<OutputOf<typeof getUsage>['series']>

/** Cost over time, the empty buckets included, with the part of each of the first groups. */
export async function costSeries(
  queries: ProjectQueries,
  selection: SpanSelection & {
    readonly step: 'day' | 'hour'
    readonly groups: readonly (readonly string[])[]
  },
  options: QueryOptions,
): Promise<Series> {
  const groups = selection.groups.slice(0, mostParts)
  const { groups: _, ...everything } = selection
  const [whole, parts] = await Promise.all([
    readCostOverTime(queries, everything, options),
    readCostOverTime(queries, { ...selection, groups }, options),
  ])
  const step = stepSeconds[selection.step]
  const found = new Map(whole.map((bucket) => [bucket.at, bucket]))
  const costs = new Map(parts.map((part) => [`${part.at} ${JSON.stringify(part.values)}`, part.costNano]))
  const labels = groups.map((values) => JSON.stringify(values))
  const series: Series = []
  for (let at = Math.floor(selection.fromMs / 1000 / step) * step; at * 1000 < selection.toMs; at += step) {
    series.push({
      at: new Date(at * 1000).toISOString(),
      requests: found.get(at)?.requests ?? 0,
      costNano: found.get(at)?.costNano ?? 0,
      parts: labels.map((label) => costs.get(`${at} ${label}`) ?? 0),
    })
  }
  return series
}
