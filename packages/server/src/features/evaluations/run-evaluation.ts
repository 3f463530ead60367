import { summariseScores } from '@ratchet/core/evaluators'
import { AppError, type DatasetItem } from '@ratchet/contract'
import type { Clickhouse } from '#platform/clickhouse/open-clickhouse.ts'
import type { Db } from '#platform/postgres/database.ts'
import { storableText } from '#platform/postgres/storable-text.ts'
import { judgeThresholds, planEvaluation, type EvaluationPlan } from './evaluation-plan.ts'
import { changeEvaluation, findEvaluation, type StoredEvaluation } from './evaluation-store.ts'
import { itemRowOf, readScores, type ItemScores } from './item-store.ts'
import { makeResultWriter } from './result-writer.ts'
import { runItem, type ItemParts, type ItemTask } from './run-item.ts'

export type RunParts = ItemParts & {
  readonly db: Db
  readonly clickhouse: Pick<Clickhouse, 'insert' | 'forProject'>
  readonly datasets: {
    readonly readItems: (project: string, name: string, version: string) => Promise<DatasetItem[]>
  }
}

export type RunCall = {
  readonly signal: AbortSignal
  readonly progress: (done: number, total: number, message?: string) => void
}

const progressEveryMs = 500
/** Evaluators that measure rather than judge. */
const amountKinds = new Set(['latency', 'cost'])
const going = ['queued', 'running', 'failed'] as const

/**
 * Runs what is left of an evaluation and writes its figures. Results are stored as they come, so a killed run
 * goes on with the items that have none; after a resume, failed items are asked again as well.
 */
export async function runEvaluation(
  parts: RunParts,
  key: { project: string; id: string },
  call: RunCall,
): Promise<void> {
  const evaluation = await findEvaluation(parts.db, key)
  if (!evaluation || evaluation.state === 'done' || evaluation.state === 'cancelled') return
  await changeEvaluation(parts.db, key, going, { state: 'running', error: '', endedAt: null })
  try {
    const plan = planEvaluation(evaluation.spec)
    const { dataset, project } = evaluation
    const items = await parts.datasets.readItems(project, dataset.name, dataset.version)
    await runTasks(parts, { evaluation, plan, items, call })
    await finish(parts, evaluation, plan)
  } catch (error) {
    // A cancelled evaluation is not "running" any more, and a stopping server goes on after its restart.
    if (!call.signal.aborted) {
      const message = storableText(error instanceof Error ? error.message : String(error))
      const endedAt = new Date(parts.clock.now())
      await changeEvaluation(parts.db, key, ['running'], { state: 'failed', error: message, endedAt })
    }
    throw error
  }
}

type Running = {
  readonly evaluation: StoredEvaluation
  readonly plan: EvaluationPlan
  readonly items: readonly DatasetItem[]
  readonly call: RunCall
}

async function runTasks(parts: RunParts, run: Running): Promise<void> {
  const { evaluation, plan, call } = run
  const { project, id } = evaluation
  const tasks = tasksOf(run.items, plan.spec.repeats)
  const settled = settledPlaces(await readScores(parts.clickhouse.forProject(project), id), evaluation.round)
  const left = tasks.filter((task) => !settled.places.has(placeOf(task)))
  const progress = makeProgress(parts, run, {
    done: tasks.length - left.length,
    total: tasks.length,
    failed: settled.failed,
  })
  const writer = makeResultWriter<ReturnType<typeof itemRowOf>>(id, (rows, token) =>
    parts.clickhouse.insert('evaluation_items', rows, { token }),
  )
  // One item's hopeless failure stops the others at once.
  const stop = new AbortController()
  const signal = AbortSignal.any([call.signal, stop.signal])
  const queue = left.values()
  const writes: Promise<void>[] = []
  const work = async () => {
    for (const task of queue) {
      signal.throwIfAborted()
      const { release, ...result } = await runItem(parts, { evaluation, plan, signal }, task)
      if (release !== undefined && evaluation.targetRelease === undefined) progress.release(release)
      const row = itemRowOf({ project, evaluation: id }, result, parts.clock.now())
      const written = writer.write(row).then(() => progress.add(result.error !== ''))
      // Not waited for here: the next item is asked while this one is stored.
      written.catch((error: unknown) => stop.abort(error))
      writes.push(written)
    }
  }
  const workers = Array.from({ length: Math.min(plan.spec.concurrency, left.length) }, () =>
    work().catch((error: unknown) => {
      stop.abort(error)
      throw error
    }),
  )
  const outcome = await Promise.allSettled(workers)
  // What was answered is kept, also when the run was stopped.
  await writer.flush()
  const stored = await Promise.allSettled(writes)
  await progress.end()
  call.signal.throwIfAborted()
  for (const each of stored) if (each.status === 'rejected') throw each.reason
  if (outcome.some((each) => each.status === 'rejected')) throw stop.signal.reason
}

function tasksOf(items: readonly DatasetItem[], repeats: number): ItemTask[] {
  return Array.from({ length: repeats }, (_, index) => index + 1).flatMap((repeat) =>
    items.map((item, position) => ({ item, position, repeat })),
  )
}

function placeOf({ position, repeat }: { position: number; repeat: number }): string {
  return `${position} ${repeat}`
}

/** Items with an answer, and those that failed in this very round: only a resume asks them again. */
function settledPlaces(
  scores: readonly ItemScores[],
  round: number,
): { places: Set<string>; failed: number } {
  const settled = scores.filter((row) => row.error === '' || row.round >= round)
  return {
    places: new Set(settled.map(placeOf)),
    failed: settled.filter((row) => row.error !== '').length,
  }
}

/** Counts results and writes the count now and then: a row per item would be most of the database's work. */
function makeProgress(
  parts: Pick<RunParts, 'db' | 'clock'>,
  { evaluation, call }: Running,
  start: { done: number; total: number; failed: number },
) {
  let { done, failed } = start
  let writtenMs = 0
  let writing: Promise<unknown> = Promise.resolve()
  let release: string | undefined
  const write = () => {
    writtenMs = parts.clock.now()
    const change = { progress: { done, total: start.total, failed }, targetRelease: release }
    writing = writing.then(() => changeEvaluation(parts.db, evaluation, ['running'], change))
    // Awaited at the end; meanwhile a failure must not count as unhandled.
    writing.catch(() => undefined)
  }
  write()
  return {
    add: (isFailed: boolean) => {
      done++
      if (isFailed) failed++
      call.progress(done, start.total, failed === 0 ? '' : `${failed} failed`)
      if (parts.clock.now() - writtenMs >= progressEveryMs) write()
    },
    release: (label: string) => {
      release ??= label
    },
    end: async () => {
      write()
      await writing
    },
  }
}

async function finish(parts: RunParts, evaluation: StoredEvaluation, plan: EvaluationPlan): Promise<void> {
  const { project, id } = evaluation
  const scores = await readScores(parts.clickhouse.forProject(project), id)
  const failed = scores.filter((row) => row.error !== '')
  if (scores.length > 0 && failed.length === scores.length) {
    throw new AppError('provider_error', {
      message: `All ${scores.length} items failed. The first: ${failed[0]?.error ?? ''}`,
    })
  }
  const metrics = summariseScores(scores, {
    cluster: plan.spec.cluster,
    amounts: new Set(plan.evaluators.filter((each) => amountKinds.has(each.kind)).map((each) => each.name)),
  })
  await changeEvaluation(parts.db, evaluation, ['running'], {
    state: 'done',
    metrics,
    ...judgeThresholds(plan.spec.thresholds, metrics),
    endedAt: new Date(parts.clock.now()),
  })
}
