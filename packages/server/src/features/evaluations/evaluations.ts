import {
  AppError,
  type compareEvaluations,
  type Evaluation,
  type EvaluationItem,
  type OutputOf,
  type Page,
  type startEvaluation,
} from '@ratchet/contract'
import type { Clickhouse } from '#platform/clickhouse/open-clickhouse.ts'
import type { MakeId } from '#platform/ids.ts'
import type { Jobs } from '#platform/jobs/open-jobs.ts'
import type { Log } from '#platform/log.ts'
import { decodeCursor, encodeCursor, type SortColumn } from '#platform/postgres/keyset-page.ts'
import { transaction } from '#platform/postgres/transaction.ts'
import type { Datasets } from '#features/datasets'
import type { Invocations } from '#features/invocations'
import type { z } from 'zod'
import { compareRuns } from './comparison.ts'
import { parseTarget, planEvaluation } from './evaluation-plan.ts'
import {
  addEvaluation,
  changeEvaluation,
  findEvaluation,
  listEvaluations,
  type StoredEvaluation,
} from './evaluation-store.ts'
import { readItems, readItemsById, readScores, type ItemPosition } from './item-store.ts'
import { runEvaluationJob } from './run-evaluation-job.ts'
import { runEvaluation, type RunParts } from './run-evaluation.ts'

type Key = { readonly project: string; readonly id: string }

/** Runs of a target over a dataset: started as jobs, resumable, and compared item by item. */
export type Evaluations = {
  /** Checks everything that can be checked before a job is started. */
  readonly start: (
    project: string,
    given: z.output<(typeof startEvaluation)['body']> & { createdBy: string },
  ) => Promise<Evaluation>
  readonly list: (
    project: string,
    page: { limit: number; cursor?: string | undefined; name?: string | undefined; app?: string | undefined },
  ) => Promise<Page<Evaluation>>
  readonly get: (project: string, id: string) => Promise<Evaluation>
  readonly listItems: (
    project: string,
    id: string,
    page: { limit: number; cursor?: string | undefined; failedOnly: boolean },
  ) => Promise<Page<EvaluationItem>>
  /** Stops a queued or running evaluation; results so far stay. */
  readonly cancel: (project: string, id: string) => Promise<Evaluation>
  /** Goes on with a cancelled or failed evaluation: items without an answer are asked (again). */
  readonly resume: (project: string, id: string) => Promise<Evaluation>
  readonly compare: (
    project: string,
    pair: { a: string; b: string; limit: number },
  ) => Promise<OutputOf<typeof compareEvaluations>>
}

export type EvaluationsParts = Omit<RunParts, 'random' | 'datasets' | 'invocations' | 'clickhouse'> & {
  readonly clickhouse: Pick<Clickhouse, 'insert' | 'forProject'>
  readonly invocations: Pick<Invocations, 'invoke' | 'resolve'>
  readonly datasets: Pick<Datasets, 'find' | 'readItems'>
  readonly jobs: Pick<Jobs, 'cancel' | 'enqueue' | 'get' | 'work'>
  readonly makeId: MakeId
  readonly log: Log
  readonly random?: () => number
}

/** Evaluations that run at the same time in one process; each asks `concurrency` items at once. */
const runsAtOnce = 2
const itemOrder: readonly SortColumn[] = [
  { column: 'position', type: 'int4' },
  { column: 'repeat', type: 'int4' },
]

/** Makes the evaluations feature and registers its job. */
export function makeEvaluations(parts: EvaluationsParts): Evaluations {
  const { db, clickhouse, jobs, datasets, clock, makeId, invocations } = parts
  const runParts: RunParts = { ...parts, random: parts.random ?? Math.random }
  jobs.work(
    runEvaluationJob,
    async ({ payload, jobId, signal, progress }) => {
      try {
        await runEvaluation(runParts, payload, { signal, progress })
      } catch (error) {
        await noteCancelledJob(payload, jobId)
        throw error
      }
    },
    { concurrency: runsAtOnce },
  )

  /** Somebody may cancel the job instead of the evaluation; both must then say so. A resumed one has another job. */
  async function noteCancelledJob(key: Key, jobId: string): Promise<void> {
    const job = await jobs.get(key.project, jobId)
    if (job.state !== 'cancelled') return
    await changeEvaluation(db, { ...key, ofJob: jobId }, ['queued', 'running'], {
      state: 'cancelled',
      endedAt: new Date(clock.now()),
    })
  }

  async function mustFind(project: string, id: string): Promise<StoredEvaluation> {
    const found = await findEvaluation(db, { project, id })
    if (found) return found
    throw new AppError('not_found', {
      message: `No evaluation "${id}" in this project. The console lists them under Evaluations, the API at /api/v1/evaluations.`,
      details: { id },
    })
  }

  const scoresOf = (project: string, id: string) => readScores(clickhouse.forProject(project), id)

  return {
    start: async (project, { spec, dataset, environment, createdBy }) => {
      planEvaluation(spec)
      const { name, version, items } = await datasets.find(project, dataset.name, dataset.version)
      const { label } = await invocations.resolve(project, spec.target)
      const { app, release } = parseTarget(spec.target)
      const targetRelease = label ?? release
      const evaluation: StoredEvaluation = {
        id: makeId(),
        project,
        environment,
        app,
        round: 1,
        name: spec.name,
        state: 'queued',
        target: spec.target,
        ...(targetRelease === undefined ? {} : { targetRelease }),
        dataset: { name, version },
        spec,
        progress: { done: 0, total: items * spec.repeats, failed: 0 },
        metrics: {},
        thresholds: [],
        passed: null,
        createdBy,
        createdAt: new Date(clock.now()).toISOString(),
      }
      await transaction(db, async (trx) => {
        await addEvaluation(trx, evaluation)
        const jobId = await jobs.enqueue(runEvaluationJob, jobPayload(evaluation), { project, trx })
        await changeEvaluation(trx, evaluation, ['queued'], { jobId })
      })
      return mustFind(project, evaluation.id)
    },
    list: (project, page) => listEvaluations(db, project, page),
    get: mustFind,
    listItems: async (project, id, { limit, cursor, failedOnly }) => {
      await mustFind(project, id)
      const after = cursor === undefined ? undefined : placeOf(cursor)
      const rows = await readItems(clickhouse.forProject(project), id, {
        limit: limit + 1,
        after,
        failedOnly,
      })
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      const items = shown.map((row) => row.item)
      if (rows.length <= limit || !last) return { items }
      const { position, repeat } = last.place
      return { items, nextCursor: encodeCursor(itemOrder, [String(position), String(repeat)]) }
    },
    cancel: async (project, id) => {
      const key = { project, id }
      const { jobId, state } = await mustFind(project, id)
      const change = { state: 'cancelled' as const, endedAt: new Date(clock.now()) }
      if (!(await changeEvaluation(db, key, ['queued', 'running'], change))) {
        throw wrongState(id, state, 'cancelled', 'queued or running')
      }
      // The job may have ended by itself a moment ago.
      if (jobId !== undefined) await jobs.cancel(project, jobId).catch(ignoreConflict)
      return mustFind(project, id)
    },
    resume: async (project, id) => {
      const evaluation = await mustFind(project, id)
      await transaction(db, async (trx) => {
        const change = { state: 'queued' as const, round: evaluation.round + 1, error: '', endedAt: null }
        if (!(await changeEvaluation(trx, evaluation, ['cancelled', 'failed'], change))) {
          throw wrongState(id, evaluation.state, 'resumed', 'cancelled or failed')
        }
        const jobId = await jobs.enqueue(runEvaluationJob, jobPayload(evaluation), { project, trx })
        await changeEvaluation(trx, evaluation, ['queued'], { jobId })
      })
      return mustFind(project, id)
    },
    compare: async (project, { a, b, limit }) => {
      const [first, second] = [await mustFind(project, a), await mustFind(project, b)]
      const [firstScores, secondScores] = await Promise.all([scoresOf(project, a), scoresOf(project, b)])
      const { comparison, changes } = compareRuns(
        { evaluation: first, scores: firstScores },
        { evaluation: second, scores: secondScores },
      )
      const shown = changes.slice(0, limit)
      const ids = shown.map((change) => change.itemId)
      const [itemsA, itemsB] = await Promise.all([
        readItemsById(clickhouse.forProject(project), a, ids),
        readItemsById(clickhouse.forProject(project), b, ids),
      ])
      const items = shown.map(({ itemId, change }) => {
        const [itemA, itemB] = [itemsA.get(itemId), itemsB.get(itemId)]
        return { itemId, change, ...(itemA ? { a: itemA } : {}), ...(itemB ? { b: itemB } : {}) }
      })
      return { a: first, b: second, comparison, items }
    },
  }
}

function jobPayload({ project, id, name, target }: StoredEvaluation) {
  return { project, id, name, target }
}

function placeOf(cursor: string): ItemPosition {
  const [position = '', repeat = ''] = decodeCursor(cursor, itemOrder)
  return { position: Number(position), repeat: Number(repeat) }
}

function ignoreConflict(error: unknown): void {
  if (error instanceof AppError && error.code === 'conflict') return
  throw error
}

function wrongState(id: string, state: string, wanted: string, needed: string): AppError {
  return new AppError('conflict', {
    message: `Evaluation "${id}" is ${state} and cannot be ${wanted}: only ${needed} ones can.`,
    details: { id, state },
  })
}
