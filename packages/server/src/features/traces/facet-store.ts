import type { ProjectQueries, QueryOptions } from '#platform/clickhouse/project-queries.ts'
import { isCall } from './is-call.ts'
import { applyFilter, traceKey, type TraceFilter } from './query/query-filter.ts'

/** Fields with few values, shown beside the list; names are those of the query language. */
const facetFields = ['status', 'environment', 'app', 'release', 'type'] as const
const valuesPerField = 20

export type FacetValue = { readonly value: string; readonly count: number }
export type SelectionFigures = {
  readonly total: number
  readonly errors: number
  readonly p50Ms: number | undefined
  readonly p95Ms: number | undefined
  readonly firstUs: number
  readonly lastUs: number
}

type FigureRow = {
  traces: number
  errors: number
  middle: [number, number]
  first_us: number
  last_us: number
}
type FacetRow = Record<(typeof facetFields)[number], string> & { level: number; traces: number }

/** Figures over the roots of a selection. */
export async function readFigures(
  queries: ProjectQueries,
  filter: TraceFilter,
  options: QueryOptions = {},
): Promise<SelectionFigures> {
  const row = await applyFilter(queries.from('trace_roots'), filter)
    .select([
      'count() AS traces',
      `countIf(status = 'error') AS errors`,
      'quantilesTDigest(0.5, 0.95)(duration_us) AS middle',
      'toUnixTimestamp64Micro(min(start)) AS first_us',
      'toUnixTimestamp64Micro(max(start)) AS last_us',
    ])
    .first<FigureRow>(options)
  if (!row || row.traces === 0)
    return { total: 0, errors: 0, p50Ms: undefined, p95Ms: undefined, firstUs: 0, lastUs: 0 }
  return {
    total: row.traces,
    errors: row.errors,
    p50Ms: row.middle[0] / 1000,
    p95Ms: row.middle[1] / 1000,
    firstUs: row.first_us,
    lastUs: row.last_us,
  }
}

/** Values of the facet fields with their counts, all fields in one pass. */
export async function readFacets(
  queries: ProjectQueries,
  filter: TraceFilter,
  options: QueryOptions = {},
): Promise<{ field: string; values: FacetValue[] }[]> {
  const sets = facetFields.map((field) => `(${field})`).join(', ')
  const rows = await applyFilter(queries.from('trace_roots'), filter)
    .select([...facetFields, `grouping(${facetFields.join(', ')}) AS level`, 'count() AS traces'])
    .groupBy([`GROUPING SETS (${sets})`])
    .orderBy(['traces DESC', ...facetFields])
    .limitBy(valuesPerField, ['level'])
    .rows<FacetRow>(options)
  return facetFields.map((field) => ({ field, values: valuesOf(rows, field) }))
}

/** Models called inside the selection, in traces, and what all calls cost. */
export async function readModelFacet(
  queries: ProjectQueries,
  filter: TraceFilter,
  options: QueryOptions = {},
): Promise<{ values: FacetValue[]; costNano: number }> {
  const columns = `model, uniqExact(${traceKey}) AS traces, sum(cost_nano) AS cost_nano`
  const inside =
    filter.conditions.length === 0
      ? ''
      : `AND ${traceKey} IN (SELECT ${traceKey} FROM trace_roots WHERE project = {project:UUID} AND ${filter.conditions
          .map((condition) => `(${condition})`)
          .join(' AND ')})`
  const rows = await queries.raw<{ model: string; traces: number; cost_nano: number }>(
    `SELECT ${columns} FROM spans WHERE project = {project:UUID} AND ${isCall} ${inside}
     GROUP BY model ORDER BY traces DESC`,
    filter.parameters,
    options,
  )
  return {
    values: rows
      .filter((row) => row.model !== '')
      .slice(0, valuesPerField)
      .map((row) => ({ value: row.model, count: row.traces })),
    costNano: rows.reduce((sum, row) => sum + row.cost_nano, 0),
  }
}

/** Traces and errors per time bucket; buckets without a trace are left out. */
export async function readSeries(
  queries: ProjectQueries,
  filter: TraceFilter,
  stepSeconds: number,
  options: QueryOptions = {},
): Promise<{ atUs: number; traces: number; errors: number }[]> {
  const rows = await applyFilter(queries.from('trace_roots'), filter)
    .select([
      `intDiv(toUnixTimestamp(start), ${stepSeconds}) * ${stepSeconds} AS at`,
      'count() AS traces',
      `countIf(status = 'error') AS errors`,
    ])
    .groupBy(['at'])
    .orderBy(['at'])
    .rows<{ at: number; traces: number; errors: number }>(options)
  return rows.map((row) => ({ atUs: row.at * 1_000_000, traces: row.traces, errors: row.errors }))
}

function valuesOf(rows: readonly FacetRow[], field: (typeof facetFields)[number]): FacetValue[] {
  const level = levelOf(field)
  return rows
    .filter((row) => row.level === level && row[field] !== '')
    .map((row) => ({ value: row[field], count: row.traces }))
}

/** What grouping() gives for the set of one field: a bit for every field that is not in the set, first field highest. */
function levelOf(grouped: (typeof facetFields)[number]): number {
  return facetFields.reduce((bits, field) => bits * 2 + (field === grouped ? 0 : 1), 0)
}
