import { z } from 'zod'
import { defineRoute } from '../define-route.ts'
import { pageOf, pageQuery } from '../paging.ts'
import { digest, slug, time, uuid } from '../words.ts'

/** One line of a dataset file (JSONL). */
export const datasetItem = z.object({
  id: z.string().min(1).max(200),
  inputs: z.record(z.string(), z.unknown()),
  expected: z.unknown().optional(),
  metadata: z.record(z.string(), z.unknown()).default({}),
})
export type DatasetItem = z.output<typeof datasetItem>

export const dataset = z.object({
  name: slug,
  version: digest,
  items: z.number().int(),
  createdAt: time,
})
export type Dataset = z.output<typeof dataset>

export const putDataset = defineRoute({
  name: 'putDataset',
  method: 'POST',
  path: '/api/v1/datasets',
  summary: 'Store a dataset; the same rows give the same version',
  tag: 'datasets',
  permission: 'evaluation:write',
  body: z.object({ name: slug, items: z.array(datasetItem).min(1).max(50_000) }),
  output: z.object({ dataset, created: z.boolean() }),
  errors: ['validation_failed', 'body_too_large'],
})

export const listDatasets = defineRoute({
  name: 'listDatasets',
  method: 'GET',
  path: '/api/v1/datasets',
  summary: 'List datasets with their newest version',
  tag: 'datasets',
  permission: 'evaluation:read',
  query: pageQuery,
  output: pageOf(dataset),
})

export const listDatasetItems = defineRoute({
  name: 'listDatasetItems',
  method: 'GET',
  path: '/api/v1/datasets/{name}/items',
  summary: 'Rows of a dataset version (newest when none is named)',
  tag: 'datasets',
  permission: 'evaluation:read',
  params: z.object({ name: slug }),
  query: pageQuery.extend({ version: digest.optional() }),
  output: pageOf(datasetItem),
  errors: ['not_found'],
})

/** An evaluator by name, or with options: `{ name: "retrieval-recall", k: 5 }`. */
export const evaluatorUse = z.union([
  z.string(),
  z.looseObject({ name: z.string(), as: z.string().optional() }),
])

/** An `*.eval.yaml` once read; `target` is a model, `app/<name>` or `app/<name>@<release>`. */
export const evaluationSpec = z.object({
  name: slug,
  target: z.string().min(1),
  entry: z.string().optional(),
  /** Input that becomes the user's message when the target is a chat. */
  question: z.string().default('question'),
  concurrency: z.number().int().min(1).max(64).default(4),
  repeats: z.number().int().min(1).max(20).default(1),
  timeoutMs: z.number().int().min(100).max(600_000).default(60_000),
  evaluators: z.array(evaluatorUse).min(1).max(50),
  thresholds: z.array(z.string()).default([]),
  /** Metadata key whose value groups items that are not independent (a conversation, a document). */
  cluster: z.string().optional(),
})
export type EvaluationSpec = z.output<typeof evaluationSpec>

export const metric = z.object({
  mean: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  n: z.number().int(),
  unscored: z.number().int(),
  method: z.enum(['wilson', 'clustered', 't', 'none']),
})
export type Metric = z.output<typeof metric>

export const evaluation = z.object({
  id: uuid,
  name: slug,
  state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  target: z.string(),
  targetRelease: z.string().optional(),
  dataset: z.object({ name: slug, version: digest }),
  spec: evaluationSpec,
  progress: z.object({ done: z.number().int(), total: z.number().int(), failed: z.number().int() }),
  metrics: z.record(z.string(), metric),
  thresholds: z.array(
    z.object({ expression: z.string(), passed: z.boolean(), actual: z.number().nullable() }),
  ),
  passed: z.boolean().nullable(),
  error: z.string().optional(),
  jobId: z.string().optional(),
  createdBy: z.string(),
  createdAt: time,
  endedAt: time.optional(),
})
export type Evaluation = z.output<typeof evaluation>

export const evaluationItem = z.object({
  itemId: z.string(),
  repeat: z.number().int(),
  inputs: z.record(z.string(), z.unknown()),
  expected: z.unknown().optional(),
  metadata: z.record(z.string(), z.unknown()),
  output: z.string(),
  error: z.string(),
  traceId: z.string(),
  latencyMs: z.number(),
  costNano: z.number().int(),
  scores: z.record(
    z.string(),
    z.object({ score: z.number().nullable(), passed: z.boolean().optional(), reason: z.string() }),
  ),
})
export type EvaluationItem = z.output<typeof evaluationItem>

const byId = z.object({ id: uuid })

export const startEvaluation = defineRoute({
  name: 'startEvaluation',
  method: 'POST',
  path: '/api/v1/evaluations',
  summary: 'Start an evaluation as a job',
  tag: 'evaluations',
  permission: 'evaluation:write',
  body: z.object({
    spec: evaluationSpec,
    dataset: z.object({ name: slug, version: digest.optional() }),
    environment: slug.default('development'),
  }),
  output: z.object({ evaluation }),
  errors: ['not_found', 'model_not_found', 'validation_failed'],
})

export const listEvaluations = defineRoute({
  name: 'listEvaluations',
  method: 'GET',
  path: '/api/v1/evaluations',
  summary: 'List evaluations, newest first',
  tag: 'evaluations',
  permission: 'evaluation:read',
  query: pageQuery.extend({ name: slug.optional(), app: slug.optional() }),
  output: pageOf(evaluation),
  etag: true,
})

export const getEvaluation = defineRoute({
  name: 'getEvaluation',
  method: 'GET',
  path: '/api/v1/evaluations/{id}',
  summary: 'One evaluation with its metrics',
  tag: 'evaluations',
  permission: 'evaluation:read',
  params: byId,
  output: z.object({ evaluation }),
  errors: ['not_found'],
  etag: true,
})

export const listEvaluationItems = defineRoute({
  name: 'listEvaluationItems',
  method: 'GET',
  path: '/api/v1/evaluations/{id}/items',
  summary: 'Results per item',
  tag: 'evaluations',
  permission: 'evaluation:read',
  params: byId,
  query: pageQuery.extend({ failedOnly: z.stringbool().default(false) }),
  output: pageOf(evaluationItem),
  errors: ['not_found'],
})

export const cancelEvaluation = defineRoute({
  name: 'cancelEvaluation',
  method: 'POST',
  path: '/api/v1/evaluations/{id}/cancel',
  summary: 'Stop an evaluation; what is done stays',
  tag: 'evaluations',
  permission: 'evaluation:write',
  params: byId,
  output: z.object({ evaluation }),
  errors: ['not_found', 'conflict'],
})

export const resumeEvaluation = defineRoute({
  name: 'resumeEvaluation',
  method: 'POST',
  path: '/api/v1/evaluations/{id}/resume',
  summary: 'Go on with a cancelled or failed evaluation; done items are kept',
  tag: 'evaluations',
  permission: 'evaluation:write',
  params: byId,
  output: z.object({ evaluation }),
  errors: ['not_found', 'conflict'],
})

export const metricComparison = z.object({
  /** Mean of b minus a over items that both scored. */
  difference: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  p: z.number().nullable(),
  /** p after Holm's correction over all metrics shown. */
  pAdjusted: z.number().nullable(),
  n: z.number().int(),
  improved: z.number().int(),
  worse: z.number().int(),
  equal: z.number().int(),
})
export type MetricComparison = z.output<typeof metricComparison>

export const compareEvaluations = defineRoute({
  name: 'compareEvaluations',
  method: 'GET',
  path: '/api/v1/evaluations/compare',
  summary: 'Compare two evaluations item by item: paired differences with intervals',
  tag: 'evaluations',
  permission: 'evaluation:read',
  query: z.object({ a: uuid, b: uuid, limit: z.coerce.number().int().min(1).max(200).default(100) }),
  output: z.object({
    a: evaluation,
    b: evaluation,
    comparison: z.record(z.string(), metricComparison),
    /** Items with the largest changes first. */
    items: z.array(
      z.object({
        itemId: z.string(),
        a: evaluationItem.optional(),
        b: evaluationItem.optional(),
        change: z.number(),
      }),
    ),
  }),
  errors: ['not_found', 'conflict'],
})
