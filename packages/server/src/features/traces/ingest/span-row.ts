import type { SpanRecord } from '@ratchet/contract'
import { timeTextOfUs } from '#platform/clickhouse/time-text.ts'
import { usageRowOf } from './usage-columns.ts'
import { cutText, cutTextFromEnd, previewOf } from './preview-text.ts'

/** Free-text search sees this much of a question's end and of an answer's beginning. */
const searchChars = 4000

/** A row of the `spans` table. */
export function spanRowOf(record: SpanRecord) {
  return {
    project: record.project,
    environment: record.environment,
    trace_id: record.traceId,
    span_id: record.spanId,
    parent_span_id: record.parentSpanId,
    name: record.name,
    type: record.type,
    start: timeTextOfUs(record.startUs),
    duration_us: record.durationUs,
    first_token_us: record.firstTokenUs,
    status: record.status,
    error_code: record.errorCode,
    error_message: record.errorMessage,
    finish_reason: record.finishReason,
    model: record.model,
    provider: record.provider,
    connection: record.connection,
    ...usageRowOf(record.usage),
    usage_estimated: record.usageEstimated,
    cost_nano: record.costNano,
    cost_known: record.costKnown,
    app: record.app,
    release: record.release,
    deployment: record.deployment,
    arm: record.arm,
    prompt: record.prompt,
    session_id: record.sessionId,
    user_id: record.userId,
    key_id: record.keyId,
    input: record.input,
    output: record.output,
    input_preview: previewOf(record.input),
    output_preview: previewOf(record.output),
    attributes: record.attributes,
  }
}
export type SpanRow = ReturnType<typeof spanRowOf>

/** The narrow row of `trace_roots` for a root's row, with the text that free-text search looks at. */
export function rootRowOf(row: SpanRow) {
  return {
    project: row.project,
    environment: row.environment,
    trace_id: row.trace_id,
    span_id: row.span_id,
    name: row.name,
    type: row.type,
    start: row.start,
    duration_us: row.duration_us,
    first_token_us: row.first_token_us,
    status: row.status,
    error_message: cutText(row.error_message, searchChars),
    model: row.model,
    app: row.app,
    release: row.release,
    deployment: row.deployment,
    arm: row.arm,
    session_id: row.session_id,
    user_id: row.user_id,
    key_id: row.key_id,
    input_preview: row.input_preview,
    output_preview: row.output_preview,
    search_text: searchTextOf(row.input, row.output),
  }
}

function searchTextOf(input: string, output: string): string {
  return `${cutTextFromEnd(input, searchChars)}\n${cutText(output, searchChars)}`.toLowerCase()
}
