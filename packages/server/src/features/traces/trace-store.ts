import { spanStatus, spanType, type Score, type Span } from '@ratchet/contract'
import type { ProjectQueries, QueryOptions } from '#platform/clickhouse/project-queries.ts'
import { usOfTimeText } from '#platform/clickhouse/time-text.ts'
import type { SpanRow } from './ingest/span-row.ts'
import { usageOf } from './ingest/usage-columns.ts'

/** Every stored span of one trace, by start; at most `limit`. */
export async function readSpans(
  queries: ProjectQueries,
  traceId: string,
  limit: number,
  options: QueryOptions = {},
): Promise<Span[]> {
  const rows = await queries
    .from('spans')
    .select(['* EXCEPT (project, input_preview, output_preview)'])
    .where('trace_id = {trace:String}', { trace: traceId })
    .orderBy(['start', 'span_id'])
    .limit(limit)
    .rows<SpanRow>(options)
  const originUs = rows.length > 0 ? usOfTimeText(rows[0]?.start ?? '') : 0
  return rows.map((row) => spanOf(row, originUs))
}

/** True when at least one span of the trace has arrived. */
export async function hasTrace(queries: ProjectQueries, traceId: string): Promise<boolean> {
  const found = await queries
    .from('spans')
    .select(['1 AS found'])
    .where('trace_id = {trace:String}', { trace: traceId })
    .first<{ found: number }>()
  return found !== undefined
}

type ScoreRow = {
  id: string
  trace_id: string
  span_id: string
  name: string
  value: number | null
  label: string
  comment: string
  origin: Score['origin']
  author: string
  created_at: string
}

/** Scores of one trace in the order they were given. */
export async function readScores(queries: ProjectQueries, traceId: string): Promise<Score[]> {
  const rows = await queries
    .from('scores')
    .where('trace_id = {trace:String}', { trace: traceId })
    .orderBy(['created_at', 'id'])
    .rows<ScoreRow>()
  return rows.map((row) => ({
    id: row.id,
    traceId: row.trace_id,
    spanId: row.span_id,
    name: row.name,
    value: row.value,
    label: row.label,
    comment: row.comment,
    origin: row.origin,
    author: row.author,
    createdAt: new Date(usOfTimeText(row.created_at) / 1000).toISOString(),
  }))
}

/** A row of the `scores` table. */
export function scoreRowOf(project: string, score: Score) {
  return {
    project,
    id: score.id,
    trace_id: score.traceId,
    span_id: score.spanId,
    name: score.name,
    value: score.value,
    label: score.label,
    comment: score.comment,
    origin: score.origin,
    author: score.author,
    created_at: score.createdAt.replace('T', ' ').replace('Z', ''),
  }
}

function spanOf(row: Omit<SpanRow, 'project'>, originUs: number): Span {
  const startUs = usOfTimeText(row.start)
  return {
    traceId: row.trace_id,
    spanId: row.span_id,
    parentSpanId: row.parent_span_id,
    name: row.name,
    type: spanType.parse(row.type),
    environment: row.environment,
    startedAt: new Date(startUs / 1000).toISOString(),
    offsetUs: startUs - originUs,
    durationUs: row.duration_us,
    ...(row.first_token_us === 0 ? {} : { firstTokenUs: row.first_token_us }),
    status: spanStatus.parse(row.status),
    errorCode: row.error_code,
    errorMessage: row.error_message,
    finishReason: row.finish_reason,
    model: row.model,
    provider: row.provider,
    connection: row.connection,
    usage: usageOf(row),
    usageEstimated: row.usage_estimated,
    costNano: row.cost_nano,
    costKnown: row.cost_known,
    app: row.app,
    release: row.release,
    deployment: row.deployment,
    arm: row.arm,
    prompt: row.prompt,
    sessionId: row.session_id,
    userId: row.user_id,
    input: parseBody(row.input),
    output: parseBody(row.output),
    attributes: parseAttributes(row.attributes),
  }
}

/** Bodies are text, or JSON as text; only objects and arrays are unpacked, so that an answer "42" stays text. */
function parseBody(text: string): unknown {
  if (!text.startsWith('{') && !text.startsWith('[')) return text
  try {
    return JSON.parse(text)
  } catch {
    // Cut off at the size limit, or text that only looks like JSON.
    return text
  }
}

function parseAttributes(text: string): Record<string, unknown> {
  const parsed = parseBody(text === '' ? '{}' : text)
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
  return isObject ? { ...parsed } : { raw: text }
}
