import type { ProjectQueries, QueryOptions } from '#platform/clickhouse/project-queries.ts'
import { applyFilter, type TraceFilter } from './query-filter.ts'

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
  readonly facets: readonly { readonly field: string; readonly values: readonly FacetValue[] }[]
}

type FigureRow = Record<(typeof facetFields)[number], string> & {
  level: number
  traces: number
  errors: number
  middle: [number, number]
  first_us: number
  last_us: number
}

/** Figures and value counts of a selection, in one pass over its roots. */
export async function readFigures(
  queries: ProjectQueries,
  filter: TraceFilter,
  options: QueryOptions = {},
): Promise<SelectionFigures> {
  const sets = ['()', ...facetFields.map((field) => `(${field})`)].join(', ')
  const rows = await applyFilter(queries.from('trace_roots'), filter)
    .select([
      ...facetFields,
      `grouping(${facetFields.join(', ')}) AS level`,
      'count() AS traces',
      `countIf(status = 'error') AS errors`,
      'quantilesTDigest(0.5, 0.95)(duration_us) AS middle',
      'toUnixTimestamp64Micro(min(start)) AS first_us',
      'toUnixTimestamp64Micro(max(start)) AS last_us',
    ])
    .groupBy([`GROUPING SETS (${sets})`])
    .orderBy(['traces DESC'])
    .limitBy(valuesPerField, ['level'])
    .rows<FigureRow>(options)
  const whole = rows.find((row) => row.level === levelOf(undefined))
  const total = whole?.traces ?? 0
  return {
    total,
    errors: whole?.errors ?? 0,
    p50Ms: total > 0 && whole ? whole.middle[0] / 1000 : undefined,
    p95Ms: total > 0 && whole ? whole.middle[1] / 1000 : undefined,
    firstUs: total > 0 && whole ? whole.first_us : 0,
    lastUs: total > 0 && whole ? whole.last_us : 0,
    facets: facetFields.map((field) => ({ field, values: valuesOf(rows, field) })),
  }
}

/** Models called inside the selection, in traces, and what all calls cost. */
export async function readModelFacet(
  queries: ProjectQueries,
  filter: TraceFilter,
  options: QueryOptions = {},
): Promise<{ values: FacetValue[]; costNano: number }> {
  const columns = `model, uniqExact(trace_id) AS traces, sum(cost_nano) AS cost_nano`
  const inside =
    filter.conditions.length === 0
      ? ''
      : `AND trace_id IN (SELECT trace_id FROM trace_roots WHERE project = {project:UUID} AND ${filter.conditions
          .map((condition) => `(${condition})`)
          .join(' AND ')})`
  const rows = await queries.raw<{ model: string; traces: number; cost_nano: number }>(
    `SELECT ${columns} FROM spans WHERE project = {project:UUID} AND type IN ('llm', 'embedding') ${inside}
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

function valuesOf(rows: readonly FigureRow[], field: (typeof facetFields)[number]): FacetValue[] {
  const level = levelOf(field)
  return rows
    .filter((row) => row.level === level && row[field] !== '')
    .map((row) => ({ value: row[field], count: row.traces }))
}

/** What grouping() gives for the set of one field: a bit for every field that is not in the set, first field highest. */
function levelOf(grouped: (typeof facetFields)[number] | undefined): number {
  return facetFields.reduce((bits, field) => bits * 2 + (field === grouped ? 0 : 1), 0)
}
