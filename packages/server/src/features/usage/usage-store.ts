import type { UsageFigures } from '@ratchet/contract'
import type { ProjectQueries, QueryOptions } from '#platform/clickhouse/project-queries.ts'
import { isAttempt, selectSpans, type SpanSelection } from './selected-spans.ts'

export type GroupRow = { readonly values: readonly string[]; readonly figures: UsageFigures }
export type UsageOrder = 'cost' | 'requests' | 'tokens' | 'errors'

/** Columns that are summed as they are. */
const summed = [
  'input_tokens',
  'cached_input_tokens',
  'output_tokens',
  'cache_write_hour_tokens',
  'audio_input_tokens',
  'audio_output_tokens',
  'image_input_tokens',
  'image_output_tokens',
  'images',
  'tool_images',
  'audio_ms',
  'characters',
  'searches',
  'containers',
] as const

type FigureRow = Readonly<Record<(typeof summed)[number], number>> & {
  requests: number
  errors: number
  retries: number
  cost_nano: number
  unknown_cost: number
  saved_nano: number
  answered: number
  streamed: number
  latency: readonly [number, number]
  first_token: readonly [number, number]
}

/** A batch takes as long as its provider likes. */
const isAnswered = `status = 'ok' AND type != 'batch' AND NOT ${isAttempt}`
const requests = `sumIf(greatest(batch_requests, 1), NOT ${isAttempt}) AS requests`
const figureColumns = [
  requests,
  `countIf(status = 'error' AND NOT ${isAttempt}) AS errors`,
  `countIf(${isAttempt}) AS retries`,
  ...summed.map((column) => `sum(spans.${column}) AS ${column}`),
  'sum(spans.cost_nano) AS cost_nano',
  // A refused call used nothing, so there is no cost to know.
  `countIf(NOT cost_known AND (status != 'error' OR spans.input_tokens + spans.output_tokens > 0)) AS unknown_cost`,
  `sum(if(position(attributes, '"saved_nano"') > 0, JSONExtractInt(attributes, 'saved_nano'), 0)) AS saved_nano`,
  `countIf(${isAnswered}) AS answered`,
  `countIf(${isAnswered} AND first_token_us > 0) AS streamed`,
  `quantilesTDigestIf(0.5, 0.95)(duration_us, ${isAnswered}) AS latency`,
  `quantilesTDigestIf(0.5, 0.95)(first_token_us, ${isAnswered} AND first_token_us > 0) AS first_token`,
]
const orders: Readonly<Record<UsageOrder, string>> = {
  cost: 'cost_nano DESC, requests DESC',
  requests: 'requests DESC, cost_nano DESC',
  tokens: 'input_tokens + output_tokens DESC, requests DESC',
  errors: 'errors DESC, requests DESC',
}
const timeoutMs = 15_000

/** Figures over everything selected, and how many groups there are. */
export async function readTotal(
  queries: ProjectQueries,
  selection: SpanSelection,
  options: QueryOptions,
): Promise<{ figures: UsageFigures; groups: number }> {
  const { from, columns, parameters } = selectSpans(selection)
  const sql = `SELECT ${figureColumns.join(', ')}, uniqExact(${columns.join(', ')}) AS groups ${from}`
  const rows = await queries.raw<FigureRow & { groups: number }>(sql, parameters, { timeoutMs, ...options })
  const row = rows[0]
  if (row === undefined) throw new Error('A query without groups gave no row.')
  return { figures: figuresOf(row), groups: row.requests + row.retries === 0 ? 0 : row.groups }
}

/** The first groups in an order; times come in their own. */
export async function readGroups(
  queries: ProjectQueries,
  selection: SpanSelection & { readonly order: UsageOrder; readonly most: number },
  options: QueryOptions,
): Promise<GroupRow[]> {
  const { from, columns, parameters } = selectSpans(selection)
  const names = columns.map((_, index) => `g${index}`)
  const times = names.filter((_, index) => isTime(selection.by[index]))
  const sql = `SELECT ${named(columns)}, ${figureColumns.join(', ')} ${from}
    GROUP BY ${names.join(', ')}
    ORDER BY ${[...times, orders[selection.order], ...names].join(', ')} LIMIT ${selection.most}`
  const rows = await queries.raw<FigureRow & Record<string, unknown>>(sql, parameters, {
    timeoutMs,
    ...options,
  })
  return rows.map((row) => ({
    values: names.map((name, index) => valueOf(row[name], isTime(selection.by[index]))),
    figures: figuresOf(row),
  }))
}

export type CostBucket = {
  /** Unix seconds. */
  readonly at: number
  readonly values: readonly string[]
  readonly requests: number
  readonly costNano: number
}

/** Cost and requests over time of some groups; with none named, of everything together. */
export async function readCostOverTime(
  queries: ProjectQueries,
  selection: SpanSelection & {
    readonly step: 'day' | 'hour'
    readonly groups?: readonly (readonly string[])[]
  },
  options: QueryOptions,
): Promise<CostBucket[]> {
  const isGrouped = selection.groups !== undefined
  const { by, groups = [] } = selection
  if (isGrouped && groups.length === 0) return []
  const { from, columns, parameters } = selectSpans(selection)
  const names = isGrouped ? columns.map((_, index) => `g${index}`) : []
  const wanted: Record<string, string> = {}
  const alternatives = groups.map((values, row) => {
    const equals = values.map((value, index) => {
      const name = `w${row}_${index}`
      wanted[name] = isTime(by[index]) ? String(Date.parse(value) / 1000) : value
      return `toString(${columns[index] ?? ''}) = {${name}:String}`
    })
    return `(${equals.join(' AND ')})`
  })
  const start = selection.step === 'day' ? 'toStartOfDay(start)' : 'toStartOfHour(start)'
  const sql = `SELECT toUnixTimestamp(${start}) AS at, ${isGrouped ? `${named(columns)}, ` : ''}
      ${requests}, sum(spans.cost_nano) AS cost_nano
    ${from} ${alternatives.length === 0 ? '' : `AND (${alternatives.join(' OR ')})`}
    GROUP BY ${['at', ...names].join(', ')} ORDER BY at`
  const rows = await queries.raw<
    { at: number; requests: number; cost_nano: number } & Record<string, unknown>
  >(sql, { ...parameters, ...wanted }, { timeoutMs, ...options })
  return rows.map((row) => ({
    at: row.at,
    values: names.map((name, index) => valueOf(row[name], isTime(by[index]))),
    requests: row.requests,
    costNano: row.cost_nano,
  }))
}

function isTime(dimension: string | undefined): boolean {
  return dimension === 'day' || dimension === 'hour'
}

function named(columns: readonly string[]): string {
  return columns.map((column, index) => `${column} AS g${index}`).join(', ')
}

function valueOf(value: unknown, isTimeValue: boolean): string {
  return isTimeValue ? new Date(Number(value) * 1000).toISOString() : String(value)
}

function figuresOf(row: FigureRow): UsageFigures {
  return {
    requests: row.requests,
    errors: row.errors,
    retries: row.retries,
    ...sumsOf(row),
    costNano: row.cost_nano,
    unknownCost: row.unknown_cost,
    savedNano: row.saved_nano,
    ...(row.answered === 0 ? {} : { p50Ms: row.latency[0] / 1000, p95Ms: row.latency[1] / 1000 }),
    ...(row.streamed === 0
      ? {}
      : { firstTokenP50Ms: row.first_token[0] / 1000, firstTokenP95Ms: row.first_token[1] / 1000 }),
  }
}

function sumsOf(row: FigureRow) {
  return {
    inputTokens: row.input_tokens,
    cachedInputTokens: row.cached_input_tokens,
    outputTokens: row.output_tokens,
    cacheWriteHourTokens: row.cache_write_hour_tokens,
    audioInputTokens: row.audio_input_tokens,
    audioOutputTokens: row.audio_output_tokens,
    imageInputTokens: row.image_input_tokens,
    imageOutputTokens: row.image_output_tokens,
    images: row.images + row.tool_images,
    audioMs: row.audio_ms,
    characters: row.characters,
    searches: row.searches,
    containers: row.containers,
  }
}
