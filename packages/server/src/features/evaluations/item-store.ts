import { evaluationItem, type EvaluationItem } from '@ratchet/contract'
import type { ProjectQueries, QueryOptions } from '#platform/clickhouse/project-queries.ts'
import { timeTextOfMs } from '#platform/clickhouse/time-text.ts'
import { isFailed, type ItemResult } from './item-result.ts'

type ItemRow = {
  position: number
  repeat: number
  item_id: string
  inputs: string
  expected: string
  metadata: string
  output: string
  error: string
  trace_id: string
  latency_ms: number
  cost_nano: number
  scores: string
}

/** Place of an item in the list of results. */
export type ItemPosition = { readonly position: number; readonly repeat: number }

/** A row of `evaluation_items`. */
export function itemRowOf(key: { project: string; evaluation: string }, result: ItemResult, nowMs: number) {
  return {
    ...key,
    position: result.position,
    repeat: result.repeat,
    round: result.round,
    item_id: result.itemId,
    inputs: JSON.stringify(result.inputs),
    expected: result.expected === undefined ? '' : JSON.stringify(result.expected),
    metadata: JSON.stringify(result.metadata),
    output: result.output,
    error: result.error,
    trace_id: result.traceId,
    latency_ms: result.latencyMs,
    cost_nano: result.costNano,
    scores: JSON.stringify(result.scores),
    failed: isFailed(result),
    created_at: timeTextOfMs(nowMs).slice(0, 23),
  }
}

/** The newest round's row of every item and repeat. */
const newestRows = `SELECT * FROM evaluation_items
  WHERE project = {project:UUID} AND evaluation = {evaluation:UUID}
  ORDER BY position, repeat, round DESC LIMIT 1 BY position, repeat`

/** Results by place, newest round only. `failedOnly` keeps errors and answers that an evaluator rejected. */
export async function readItems(
  queries: ProjectQueries,
  evaluation: string,
  page: { limit: number; after?: ItemPosition | undefined; failedOnly: boolean },
  options: QueryOptions = {},
): Promise<{ place: ItemPosition; item: EvaluationItem }[]> {
  const conditions = [
    ...(page.failedOnly ? ['failed'] : []),
    ...(page.after ? ['(position, repeat) > ({after_position:UInt32}, {after_repeat:UInt16})'] : []),
  ]
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
  const rows = await queries.raw<ItemRow>(
    `SELECT position, repeat, item_id, inputs, expected, metadata, output, error, trace_id, latency_ms, cost_nano, scores
     FROM (${newestRows}) ${where} ORDER BY position, repeat LIMIT {limit:UInt32}`,
    {
      evaluation,
      limit: page.limit,
      ...(page.after ? { after_position: page.after.position, after_repeat: page.after.repeat } : {}),
    },
    options,
  )
  return rows.map((row) => ({ place: { position: row.position, repeat: row.repeat }, item: itemOf(row) }))
}

/** Scores of every item without the bodies: for metrics, comparisons, and to know what is done. */
export type ItemScores = ItemPosition &
  Pick<EvaluationItem, 'itemId' | 'error' | 'metadata' | 'scores'> & { readonly round: number }

export async function readScores(
  queries: ProjectQueries,
  evaluation: string,
  options: QueryOptions = {},
): Promise<ItemScores[]> {
  const rows = await queries.raw<ItemRow & { round: number }>(
    `SELECT position, repeat, round, item_id, error, metadata, scores FROM (${newestRows}) ORDER BY position, repeat`,
    { evaluation },
    options,
  )
  return rows.map((row) => ({
    position: row.position,
    repeat: row.repeat,
    round: row.round,
    itemId: row.item_id,
    error: row.error,
    ...bodies.parse({ metadata: JSON.parse(row.metadata), scores: JSON.parse(row.scores) }),
  }))
}

/** Results of these items in their first repeat, for showing two runs side by side. */
export async function readItemsById(
  queries: ProjectQueries,
  evaluation: string,
  itemIds: readonly string[],
): Promise<Map<string, EvaluationItem>> {
  if (itemIds.length === 0) return new Map()
  const rows = await queries.raw<ItemRow>(
    `SELECT * FROM (${newestRows}) WHERE item_id IN {item_ids:Array(String)} ORDER BY repeat LIMIT 1 BY item_id`,
    { evaluation, item_ids: itemIds },
  )
  return new Map(rows.map((row) => [row.item_id, itemOf(row)]))
}

const bodies = evaluationItem.pick({ metadata: true, scores: true })

function itemOf(row: ItemRow): EvaluationItem {
  return evaluationItem.parse({
    itemId: row.item_id,
    repeat: row.repeat,
    inputs: JSON.parse(row.inputs),
    ...(row.expected === '' ? {} : { expected: JSON.parse(row.expected) }),
    metadata: JSON.parse(row.metadata),
    output: row.output,
    error: row.error,
    traceId: row.trace_id,
    latencyMs: row.latency_ms,
    costNano: row.cost_nano,
    scores: JSON.parse(row.scores),
  })
}
