import type { RouteTraffic, TargetTraffic } from '@ratchet/contract'
import type { ProjectQueries, QueryOptions, SelectQuery } from '#platform/clickhouse/project-queries.ts'
import { timeTextOfMs } from '#platform/clickhouse/time-text.ts'

export type TrafficSelection = {
  readonly fromSeconds: number
  readonly stepSeconds: number
  readonly buckets: number
  readonly environment: string | undefined
}

const mostTargets = 500

type TargetRow = {
  connection: string
  model: string
  calls: number
  errors: number
  cancelled: number
  answered: number
  streamed: number
  middle: [number, number]
  first_token: number
  cost_nano: number
  last_error: string
  last_error_ms: number
}
type BucketRow = { connection: string; model: string; bucket: number; calls: number; errors: number }

/** Of an attempt. What our own guardrails did not let out is an answer all the same. */
const isFailed = `(status = 'error' AND error_code != 'guardrail_blocked')`

/** Every attempt by connection and model, the busiest first. */
export async function readTargets(
  queries: ProjectQueries,
  selection: TrafficSelection,
  options: QueryOptions,
): Promise<TargetTraffic[]> {
  const { fromSeconds, stepSeconds, buckets } = selection
  const [rows, points] = await Promise.all([
    attempts(queries, selection)
      .select([
        'connection',
        'model',
        'count() AS calls',
        `countIf(${isFailed}) AS errors`,
        `countIf(status = 'cancelled') AS cancelled`,
        `countIf(status = 'ok') AS answered`,
        `countIf(status = 'ok' AND first_token_us > 0) AS streamed`,
        `quantilesTDigestIf(0.5, 0.95)(duration_us, status = 'ok') AS middle`,
        `quantileTDigestIf(0.5)(first_token_us, status = 'ok' AND first_token_us > 0) AS first_token`,
        'sum(cost_nano) AS cost_nano',
        `argMaxIf(error_code, start, ${isFailed}) AS last_error`,
        `toUnixTimestamp64Milli(maxIf(start, ${isFailed})) AS last_error_ms`,
      ])
      .groupBy(['connection', 'model'])
      .orderBy(['calls DESC', 'connection', 'model'])
      .limit(mostTargets)
      .rows<TargetRow>(options),
    attempts(queries, selection)
      .select([
        'connection',
        'model',
        `intDiv(toUnixTimestamp(start) - ${fromSeconds}, ${stepSeconds}) AS bucket`,
        'count() AS calls',
        `countIf(${isFailed}) AS errors`,
      ])
      .groupBy(['connection', 'model', 'bucket'])
      .rows<BucketRow>(options),
  ])
  const found = new Map(points.map((point) => [`${point.connection}/${point.model} ${point.bucket}`, point]))
  return rows.map((row) => ({
    ...showTarget(row),
    series: Array.from({ length: buckets }, (_, bucket) => {
      const point = found.get(`${row.connection}/${row.model} ${bucket}`)
      const at = new Date((fromSeconds + bucket * stepSeconds) * 1000).toISOString()
      return { at, calls: point?.calls ?? 0, errors: point?.errors ?? 0 }
    }),
  }))
}

/** A call that the cache answered. */
const isHit = `JSONExtractString(attributes, 'cache') IN ('hit', 'semantic-hit', 'coalesced')`

type RouteRow = {
  route: string
  branch: string
  calls: number
  errors: number
  retried: number
  cached: number
  cost_nano: number
  saved_nano: number
  compared: number
}

/** Calls by the route that they named, with the branch that decided; those that the cache answered are among them. */
export async function readRoutes(
  queries: ProjectQueries,
  selection: TrafficSelection,
  options: QueryOptions,
): Promise<RouteTraffic[]> {
  const rows = await modelSpans(queries, selection)
    .where(`JSONHas(attributes, 'route')`)
    .select([
      `JSONExtractString(attributes, 'route') AS route`,
      `JSONExtractString(attributes, 'branch') AS branch`,
      'count() AS calls',
      `countIf(status = 'error') AS errors`,
      `countIf(JSONExtractInt(attributes, 'attempts') > 1) AS retried`,
      `countIf(${isHit}) AS cached`,
      'sum(cost_nano) AS cost_nano',
      // What a hit saved was not saved by the route.
      `sumIf(JSONExtractInt(attributes, 'saved_nano'), NOT ${isHit}) AS saved_nano`,
      `countIf(JSONHas(attributes, 'saved_nano') AND NOT ${isHit}) AS compared`,
    ])
    .groupBy(['route', 'branch'])
    .orderBy(['calls DESC', 'route', 'branch'])
    .rows<RouteRow>(options)
  return [...new Set(rows.map(({ route }) => route))].map((route) => {
    const own = rows.filter((row) => row.route === route)
    const sum = (pick: (row: RouteRow) => number): number => own.reduce((total, row) => total + pick(row), 0)
    return {
      route,
      calls: sum(({ calls }) => calls),
      errors: sum(({ errors }) => errors),
      retried: sum(({ retried }) => retried),
      cached: sum(({ cached }) => cached),
      costNano: sum((row) => row.cost_nano),
      ...(sum(({ compared }) => compared) === 0 ? {} : { savedNano: sum((row) => row.saved_nano) }),
      branches: own.map(({ branch, calls }) => ({ branch, calls })),
    }
  })
}

/** Somebody was asked: hits of the cache have no connection. */
function attempts(queries: ProjectQueries, selection: TrafficSelection): SelectQuery {
  return modelSpans(queries, selection).where(`connection != ''`)
}

/** Spans of calls and of attempts that another one followed. */
function modelSpans(queries: ProjectQueries, { fromSeconds, environment }: TrafficSelection): SelectQuery {
  const from = timeTextOfMs(fromSeconds * 1000)
  const query = queries
    .from('spans')
    .where('start >= {from:DateTime64(6)}', { from })
    .where('toStartOfMinute(start) >= toStartOfMinute({from:DateTime64(6)})', { from })
    .where(`type IN ('llm', 'embedding')`)
  return environment === undefined
    ? query
    : query.where('environment = {environment:String}', { environment })
}

function showTarget(row: TargetRow): Omit<TargetTraffic, 'series'> {
  const { connection, model, calls, errors, cancelled } = row
  return {
    connection,
    model,
    calls,
    errors,
    cancelled,
    ...(row.answered === 0 ? {} : { p50Ms: row.middle[0] / 1000, p95Ms: row.middle[1] / 1000 }),
    ...(row.streamed === 0 ? {} : { firstTokenMs: row.first_token / 1000 }),
    costNano: row.cost_nano,
    ...(errors === 0
      ? {}
      : { lastError: row.last_error, lastErrorAt: new Date(row.last_error_ms).toISOString() }),
  }
}
