import { isCallType, spanStatus, spanType, type TraceSummary } from '@ratchet/contract'
import type { ProjectQueries, QueryOptions } from '#platform/clickhouse/project-queries.ts'
import { timeTextOfUs } from '#platform/clickhouse/time-text.ts'
import { isCall } from './is-call.ts'
import { applyFilter, type TraceFilter } from './query/query-filter.ts'

/** Place in the list: start and id of the last trace of a page. */
export type TracePosition = { readonly startUs: number; readonly traceId: string }

/** A summary with the exact start, which `startedAt` rounds to milliseconds. */
export type ListedTrace = { readonly startUs: number; readonly summary: TraceSummary }

type RootRow = {
  trace_id: string
  span_id: string
  environment: string
  name: string
  type: string
  start_us: number
  duration_us: number
  first_token_us: number
  status: string
  error_message: string
  model: string
  app: string
  release: string
  session_id: string
  user_id: string
  input_preview: string
  output_preview: string
}
type TotalsRow = {
  trace_id: string
  spans: number
  called_model: string
  input_tokens: number
  output_tokens: number
  cached_input_tokens: number
  cache_write_tokens: number
  reasoning_tokens: number
  cost_nano: number
}

const rootColumns = [
  'trace_id',
  'span_id',
  'environment',
  'name',
  'type',
  'toUnixTimestamp64Micro(start) AS start_us',
  'duration_us',
  'first_token_us',
  'status',
  'error_message',
  'model',
  'app',
  'release',
  'session_id',
  'user_id',
  'input_preview',
  'output_preview',
]
const totalColumns = [
  'trace_id',
  'count() AS spans',
  `argMaxIf(model, start, type = 'llm') AS called_model`,
  ...[
    'input_tokens',
    'output_tokens',
    'cached_input_tokens',
    'cache_write_tokens',
    'reasoning_tokens',
    'cost_nano',
  ].map((column) => `sumIf(${column}, ${isCall}) AS ${column}`),
]

/** One page of traces, newest first: narrow roots first, then the totals of those few traces from their spans. */
export async function readTraceList(
  queries: ProjectQueries,
  filter: TraceFilter,
  page: { limit: number; after?: TracePosition | undefined; traceIds?: readonly string[] },
  options: QueryOptions = {},
): Promise<ListedTrace[]> {
  let query = applyFilter(queries.from('trace_roots').select(rootColumns), filter)
  if (page.traceIds) query = query.where('trace_id IN {page_ids:Array(String)}', { page_ids: page.traceIds })
  if (page.after) {
    const { startUs, traceId } = page.after
    // The first condition alone is what the sort key can use.
    query = query.where(
      'start <= {after_start:DateTime64(6)} AND (start, trace_id) < ({after_start:DateTime64(6)}, {after_trace:String})',
      { after_start: timeTextOfUs(startUs), after_trace: traceId },
    )
  }
  const roots = await query.orderBy(['start DESC', 'trace_id DESC']).limit(page.limit).rows<RootRow>(options)
  if (roots.length === 0) return []
  const totals = await readTotals(queries, roots, options)
  return roots.map((root) => ({
    startUs: root.start_us,
    summary: summaryOf(root, totals.get(root.trace_id)),
  }))
}

async function readTotals(
  queries: ProjectQueries,
  roots: readonly RootRow[],
  options: QueryOptions,
): Promise<Map<string, TotalsRow>> {
  const earliest = roots.reduce((least, root) => Math.min(least, root.start_us), Infinity)
  const latest = roots.reduce((most, root) => Math.max(most, root.start_us + root.duration_us), 0)
  const rows = await queries
    .from('spans')
    .select(totalColumns)
    // A minute of slack on both sides: clocks of several processes differ a little.
    .where(
      'toStartOfMinute(start) BETWEEN toStartOfMinute({earliest:DateTime64(6)}) AND toStartOfMinute({latest:DateTime64(6)})',
      { earliest: timeTextOfUs(earliest - 60_000_000), latest: timeTextOfUs(latest + 60_000_000) },
    )
    .where('trace_id IN {ids:Array(String)}', { ids: roots.map((root) => root.trace_id) })
    .groupBy(['trace_id'])
    .rows<TotalsRow>(options)
  return new Map(rows.map((row) => [row.trace_id, row]))
}

function summaryOf(root: RootRow, totals: TotalsRow | undefined): TraceSummary {
  const type = spanType.parse(root.type)
  return {
    traceId: root.trace_id,
    rootSpanId: root.span_id,
    name: root.name,
    type,
    environment: root.environment,
    startedAt: new Date(root.start_us / 1000).toISOString(),
    durationMs: root.duration_us / 1000,
    ...(root.first_token_us === 0 ? {} : { firstTokenMs: root.first_token_us / 1000 }),
    status: spanStatus.parse(root.status),
    ...(root.error_message === '' ? {} : { errorMessage: root.error_message }),
    model: isCallType(type) ? root.model : totals?.called_model || root.model,
    app: root.app,
    release: root.release,
    sessionId: root.session_id,
    userId: root.user_id,
    inputPreview: root.input_preview,
    outputPreview: root.output_preview,
    spanCount: totals?.spans ?? 1,
    usage: {
      inputTokens: totals?.input_tokens ?? 0,
      outputTokens: totals?.output_tokens ?? 0,
      cachedInputTokens: totals?.cached_input_tokens ?? 0,
      cacheWriteTokens: totals?.cache_write_tokens ?? 0,
      reasoningTokens: totals?.reasoning_tokens ?? 0,
    },
    costNano: totals?.cost_nano ?? 0,
  }
}
