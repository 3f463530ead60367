import { z } from 'zod'
import { defineRoute } from '../define-route.ts'
import { pageOf, pageQuery } from '../paging.ts'
import { spanId, time, traceId, usage } from '../words.ts'

export const spanTypes = [
  'app',
  'flow',
  'prompt',
  'retrieve',
  'tool',
  'llm',
  'embedding',
  'batch',
  'guard',
  'other',
] as const
export const spanType = z.enum(spanTypes)
/** Spans that used something of a provider themselves; apps, flows and prompts repeat what the calls inside them used. */
export const callTypes = ['llm', 'embedding', 'batch'] as const
export function isCallType(type: (typeof spanTypes)[number]): boolean {
  return type === 'llm' || type === 'embedding' || type === 'batch'
}
export const spanStatus = z.enum(['ok', 'error', 'cancelled'])

/** One row of the trace list: the root span with figures over its whole trace. */
export const traceSummary = z.object({
  traceId,
  rootSpanId: spanId,
  name: z.string(),
  type: spanType,
  environment: z.string(),
  startedAt: time,
  durationMs: z.number(),
  firstTokenMs: z.number().optional(),
  status: spanStatus,
  errorMessage: z.string().optional(),
  model: z.string(),
  app: z.string(),
  release: z.string(),
  sessionId: z.string(),
  userId: z.string(),
  inputPreview: z.string(),
  outputPreview: z.string(),
  spanCount: z.number().int(),
  usage,
  costNano: z.number().int(),
})
export type TraceSummary = z.output<typeof traceSummary>

/** What a span says about its call; the same words on the wire between our processes and in the API. */
export const spanFacts = z.object({
  status: spanStatus,
  errorCode: z.string(),
  errorMessage: z.string(),
  finishReason: z.string(),
  model: z.string(),
  provider: z.string(),
  connection: z.string(),
  usage,
  /** True when the provider sent no usage and the tokens are our estimate. */
  usageEstimated: z.boolean(),
  costNano: z.number().int(),
  /** False when no price is known for the model: cost is then unknown, not zero. */
  costKnown: z.boolean(),
  app: z.string(),
  release: z.string(),
  deployment: z.string(),
  arm: z.string(),
  prompt: z.string(),
  sessionId: z.string(),
  userId: z.string(),
})

export const span = z.object({
  traceId,
  spanId,
  parentSpanId: z.string(),
  name: z.string(),
  type: spanType,
  environment: z.string(),
  startedAt: time,
  /** Microseconds after the trace's first span started. */
  offsetUs: z.number().int(),
  durationUs: z.number().int(),
  firstTokenUs: z.number().int().optional(),
  ...spanFacts.shape,
  input: z.unknown().optional(),
  output: z.unknown().optional(),
  attributes: z.record(z.string(), z.unknown()),
})
export type Span = z.output<typeof span>

/** Filters typed as text: `status:error type:llm model:gpt* latency>2s cost>0.01 user:ada session:s1 app:x release:r3 "words in the answer"`. */
const traceQuery = z.object({
  query: z.string().max(1000).default(''),
  environment: z.string().optional(),
  from: time.optional(),
  to: time.optional(),
})

export const listTraces = defineRoute({
  name: 'listTraces',
  method: 'GET',
  path: '/api/v1/traces',
  summary: 'List traces, newest first, filtered by a typed query',
  tag: 'traces',
  permission: 'trace:read',
  query: pageQuery.extend(traceQuery.shape),
  output: pageOf(traceSummary),
  errors: ['bad_request'],
  etag: true,
})

export const traceFacets = defineRoute({
  name: 'traceFacets',
  method: 'GET',
  path: '/api/v1/traces/facets',
  summary: 'Values and counts to filter traces by, and figures over the selection',
  tag: 'traces',
  permission: 'trace:read',
  query: traceQuery,
  output: z.object({
    total: z.number().int(),
    errors: z.number().int(),
    p50Ms: z.number().optional(),
    p95Ms: z.number().optional(),
    costNano: z.number().int(),
    facets: z.array(
      z.object({
        field: z.string(),
        values: z.array(z.object({ value: z.string(), count: z.number().int() })),
      }),
    ),
    /** Counts over time for the sparkline: start of bucket, traces, errors. */
    series: z.array(z.object({ at: time, traces: z.number().int(), errors: z.number().int() })),
  }),
})

export const getTrace = defineRoute({
  name: 'getTrace',
  method: 'GET',
  path: '/api/v1/traces/{traceId}',
  summary: 'One trace: every span, parents before children',
  tag: 'traces',
  permission: 'trace:read',
  params: z.object({ traceId }),
  output: z.object({ traceId, summary: traceSummary, spans: z.array(span), truncated: z.boolean() }),
  errors: ['not_found'],
})

export const tailTraces = defineRoute({
  name: 'tailTraces',
  method: 'GET',
  path: '/api/v1/traces/tail',
  summary: 'Traces as they arrive (server-sent events)',
  tag: 'traces',
  permission: 'trace:read',
  kind: 'events',
  query: traceQuery,
  output: traceSummary,
})

export const score = z.object({
  id: z.string(),
  traceId,
  spanId: z.string(),
  name: z.string(),
  value: z.number().nullable(),
  label: z.string(),
  comment: z.string(),
  origin: z.enum(['person', 'code', 'model']),
  author: z.string(),
  createdAt: time,
})
export type Score = z.output<typeof score>

export const createScore = defineRoute({
  name: 'createScore',
  method: 'POST',
  path: '/api/v1/scores',
  summary: 'Attach a score to a trace or span',
  tag: 'traces',
  permission: 'trace:write',
  body: z.object({
    traceId,
    spanId: spanId.optional(),
    name: z.string().min(1).max(100),
    value: z.number().optional(),
    label: z.string().max(200).default(''),
    comment: z.string().max(5000).default(''),
    origin: z.enum(['person', 'code', 'model']).default('person'),
  }),
  output: z.object({ score }),
  errors: ['validation_failed', 'not_found'],
})

export const listScores = defineRoute({
  name: 'listScores',
  method: 'GET',
  path: '/api/v1/traces/{traceId}/scores',
  summary: 'Scores of one trace',
  tag: 'traces',
  permission: 'trace:read',
  params: z.object({ traceId }),
  output: z.object({ items: z.array(score) }),
})
