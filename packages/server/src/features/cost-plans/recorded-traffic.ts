import type { ProjectQueries, QueryOptions } from '#platform/clickhouse/project-queries.ts'
import { timeTextOfMs } from '#platform/clickhouse/time-text.ts'
import { filterOf, parseQuery, traceKey } from '#features/traces'

export type RecordedCall = {
  readonly fingerprint: string
  readonly hasInput: boolean
  readonly atMs: number
  readonly input: number
  readonly output: number
  readonly cached: number
}
export type RecordedTraffic = {
  /** All calls of the range. */
  readonly count: number
  /** In the busiest hour. */
  readonly busiestHour: number
  /** The latest, oldest first. */
  readonly calls: readonly RecordedCall[]
}

const mostCalls = 2000
const timeoutMs = 15_000
type Range = { readonly query: string; readonly fromMs: number; readonly toMs: number }

/** Chat calls that succeeded, of the traces that a query finds; kept answers count as calls. */
export async function readRecordedTraffic(
  queries: ProjectQueries,
  { query, fromMs, toMs }: Range,
  options: QueryOptions,
): Promise<RecordedTraffic> {
  const range = { from: timeTextOfMs(fromMs), to: timeTextOfMs(toMs) }
  const filter = filterOf(parseQuery(query), range)
  const inside =
    query.trim() === ''
      ? ''
      : `AND ${traceKey} IN (SELECT ${traceKey} FROM trace_roots WHERE project = {project:UUID} AND ${filter.conditions
          .map((condition) => `(${condition})`)
          .join(' AND ')})`
  const calls = `FROM spans WHERE project = {project:UUID} AND type = 'llm' AND status = 'ok'
    AND NOT startsWith(name, 'attempt ') AND start >= {from:DateTime64(6)} AND start < {to:DateTime64(6)}
    AND toStartOfMinute(start) >= toStartOfMinute({from:DateTime64(6)}) AND toStartOfMinute(start) <= {to:DateTime64(6)}
    ${inside}`
  const parameters = { ...(query.trim() === '' ? {} : filter.parameters), ...range }
  const settings = { timeoutMs, ...options }
  const [hours, latest] = await Promise.all([
    queries.raw<{ calls: number }>(
      `SELECT count() AS calls ${calls} GROUP BY toStartOfHour(start) ORDER BY calls DESC`,
      parameters,
      settings,
    ),
    queries.raw<{
      fingerprint: string
      kept: number
      at: number
      input: number
      output: number
      cached: number
    }>(
      `SELECT toString(cityHash64(model, spans.input)) AS fingerprint, notEmpty(spans.input) AS kept, toUnixTimestamp64Milli(start) AS at,
        input_tokens AS input, output_tokens AS output, cached_input_tokens AS cached
       ${calls} ORDER BY start DESC LIMIT ${mostCalls}`,
      parameters,
      settings,
    ),
  ])
  return {
    count: hours.reduce((sum, hour) => sum + hour.calls, 0),
    busiestHour: hours[0]?.calls ?? 0,
    calls: latest.toReversed().map(({ at, kept, ...call }) => ({ ...call, hasInput: kept !== 0, atMs: at })),
  }
}

export type ModelSpeed = { readonly tokensPerSecond: number; readonly firstTokenMs: number }

/** How fast models streamed, by `connection/model`; those that did not stream are left out. */
export async function readSpeeds(
  queries: ProjectQueries,
  fromMs: number,
  options: QueryOptions,
): Promise<ReadonlyMap<string, ModelSpeed>> {
  const from = timeTextOfMs(fromMs)
  const rows = await queries
    .from('spans')
    .select([
      `concat(connection, '/', model) AS id`,
      'sum(output_tokens) AS tokens',
      'sum(duration_us - first_token_us) AS streamed_us',
      'quantileTDigest(0.5)(first_token_us) AS first_us',
    ])
    .where('toStartOfMinute(start) >= toStartOfMinute({from:DateTime64(6)})', { from })
    .where(`type = 'llm' AND status = 'ok' AND first_token_us > 0 AND duration_us > first_token_us`)
    .groupBy(['id'])
    .limit(500)
    .rows<{ id: string; tokens: number; streamed_us: number; first_us: number }>({ timeoutMs, ...options })
  return new Map(
    rows
      .filter(({ tokens }) => tokens > 0)
      .map((row) => [
        row.id,
        { tokensPerSecond: (row.tokens * 1e6) / row.streamed_us, firstTokenMs: row.first_us / 1000 },
      ]),
  )
}
