/**
 * Traces: takes in spans from gateway, runner and control (each stored exactly once), lists traces by a typed
 * query, opens one as a tree, follows them live, and keeps scores given to them.
 */
export { tracesColumnarMigrations } from './ingest/tables.ts'
export { makeTraces, type Selection, type Traces, type TracesParts } from './traces.ts'
export { mountTracesRoutes } from './routes.ts'
export type { Ingestion, SpoolState } from './ingest/ingestion.ts'
export { parseQuery } from './query/parse-query.ts'
export { filterOf, traceKey } from './query/query-filter.ts'
export { isCall } from './is-call.ts'
export { printQuery } from './query/print-query.ts'
export { rootRowOf, spanRowOf } from './ingest/span-row.ts'
export { exampleSpan } from './example-span.ts'
export { fillSpans, type FillOptions } from './ingest/fill-spans.ts'
