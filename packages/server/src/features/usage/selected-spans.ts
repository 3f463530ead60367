import type { UsageDimension } from '@ratchet/contract'
import type { Parameters } from '#platform/clickhouse/bind-parameters.ts'
import { isCall } from '#features/traces'
import { timeTextOfMs } from '#platform/clickhouse/time-text.ts'

/** Dimensions that are values, not times. */
export type ValueDimension = Exclude<UsageDimension, 'day' | 'hour'>
export type UsageFilters = Readonly<Partial<Record<ValueDimension, string | undefined>>>
export type SpanSelection = {
  readonly fromMs: number
  /** Exclusive. */
  readonly toMs: number
  readonly filters: UsageFilters
  readonly by: readonly UsageDimension[]
}

/** Which spans are summed: `FROM ... WHERE ...`, and how each dimension is read from them. */
export type SelectedSpans = {
  readonly from: string
  readonly columns: readonly string[]
  readonly parameters: Parameters
}

/** Attempts that another one followed; their call has a span of its own. */
export const isAttempt = `startsWith(name, 'attempt ')`

const columns: Readonly<Record<UsageDimension, string>> = {
  key: 'key_id',
  user: 'user_id',
  app: 'app',
  model: 'model',
  connection: 'connection',
  // Attempts do not name the route; the call above them does.
  route: `if(${isAttempt}, call_route, JSONExtractString(attributes, 'route'))`,
  environment: 'environment',
  day: 'toUnixTimestamp(toStartOfDay(start))',
  hour: 'toUnixTimestamp(toStartOfHour(start))',
}

/** Calls of several attempts; few, so joining them is cheap. A call may begin before the range that its attempt is in. */
const routesOfCalls = `LEFT ANY JOIN (
    SELECT trace_id AS call_trace, toString(span_id) AS call_span, JSONExtractString(attributes, 'route') AS call_route
    FROM spans
    WHERE project = {project:UUID} AND ${isCall} AND JSONExtractInt(attributes, 'attempts') > 1
      AND start >= {from:DateTime64(6)} - INTERVAL 1 HOUR AND start < {to:DateTime64(6)}
      AND toStartOfMinute(start) >= toStartOfMinute({from:DateTime64(6)} - INTERVAL 1 HOUR)
      AND toStartOfMinute(start) <= {to:DateTime64(6)}
  ) AS calls ON trace_id = call_trace AND parent_span_id = call_span`

/** Narrows spans to calls and attempts of one project, a range and the filters. */
export function selectSpans({ fromMs, toMs, filters, by }: SpanSelection): SelectedSpans {
  const parameters: Record<string, string> = { from: timeTextOfMs(fromMs), to: timeTextOfMs(toMs) }
  const conditions = [
    'project = {project:UUID}',
    isCall,
    'start >= {from:DateTime64(6)} AND start < {to:DateTime64(6)}',
    // The sort key holds minutes.
    'toStartOfMinute(start) >= toStartOfMinute({from:DateTime64(6)}) AND toStartOfMinute(start) <= {to:DateTime64(6)}',
  ]
  for (const [name, value] of Object.entries(filters)) {
    if (value === undefined) continue
    conditions.push(`${columns[name as ValueDimension]} = {filter_${name}:String}`)
    parameters[`filter_${name}`] = value
  }
  const needsRoutes = filters.route !== undefined || by.includes('route')
  return {
    from: `FROM spans ${needsRoutes ? routesOfCalls : ''} WHERE ${conditions.join(' AND ')}`,
    columns: by.map((dimension) => columns[dimension]),
    parameters,
  }
}
