import type { UsageDimension, UsageForecast } from '@ratchet/contract'
import { forecastRange, periodAt } from '@ratchet/core/limits'
import type { ProjectQueries, QueryOptions } from '#platform/clickhouse/project-queries.ts'
import type { UsageFilters } from './selected-spans.ts'
import { readCostOverTime, type CostBucket } from './usage-store.ts'

const dayMs = 86_400_000
const historyDays = 28

type Forecasts = {
  readonly total: UsageForecast | undefined
  /** In the order of the groups asked for. */
  readonly groups: readonly (UsageForecast | undefined)[]
}

/** Where this month will stand at its end, whatever range is looked at: it needs the month and four weeks of history. */
export async function readForecasts(
  queries: ProjectQueries,
  selection: {
    readonly filters: UsageFilters
    readonly by: readonly UsageDimension[]
    readonly groups: readonly (readonly string[])[]
    readonly nowMs: number
  },
  options: QueryOptions,
): Promise<Forecasts> {
  const { nowMs, groups } = selection
  const today = periodAt('day', nowMs).startMs
  const fromMs = Math.min(periodAt('month', nowMs).startMs, today - historyDays * dayMs)
  const { groups: _, ...everything } = { ...selection, fromMs, toMs: nowMs, step: 'day' as const }
  const [whole, parts] = await Promise.all([
    readCostOverTime(queries, everything, options),
    readCostOverTime(queries, { ...everything, groups }, options),
  ])
  const byGroup = Map.groupBy(parts, ({ values }) => JSON.stringify(values))
  return {
    total: forecastOf(whole, nowMs),
    groups: groups.map((values) => forecastOf(byGroup.get(JSON.stringify(values)) ?? [], nowMs)),
  }
}

function forecastOf(buckets: readonly CostBucket[], nowMs: number): UsageForecast | undefined {
  const period = periodAt('month', nowMs)
  const days = new Map(
    buckets.map(({ at, costNano }) => [new Date(at * 1000).toISOString().slice(0, 10), costNano]),
  )
  const spent = buckets
    .filter(({ at }) => at * 1000 >= period.startMs)
    .reduce((sum, { costNano }) => sum + costNano, 0)
  const found = forecastRange({ period, nowMs, spent, days })
  if (found === undefined) return undefined
  return {
    spentNano: spent,
    atEndNano: found.atEnd,
    ...(found.low === undefined || found.high === undefined
      ? {}
      : { lowNano: found.low, highNano: found.high }),
    method: found.method,
    endsAt: new Date(period.endMs).toISOString(),
  }
}
