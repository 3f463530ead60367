import type { Evaluation, Page } from '@ratchet/contract'
import type { Database, Db, Queries, Trx } from '#platform/postgres/database.ts'
import { keysetPage } from '#platform/postgres/keyset-page.ts'
import { jsonb } from '#platform/postgres/transaction.ts'
import './tables.ts'

/** An evaluation with what only its run needs. */
export type StoredEvaluation = Evaluation & {
  readonly project: string
  readonly environment: string
  readonly app: string | undefined
  readonly round: number
}

export type EvaluationChange = Partial<
  Pick<
    StoredEvaluation,
    'state' | 'targetRelease' | 'progress' | 'metrics' | 'thresholds' | 'passed' | 'error' | 'jobId' | 'round'
  >
> & { readonly endedAt?: Date | null }

export async function addEvaluation(trx: Trx, evaluation: StoredEvaluation): Promise<void> {
  await trx
    .insertInto('evaluations')
    .values({
      id: evaluation.id,
      project_id: evaluation.project,
      name: evaluation.name,
      state: evaluation.state,
      environment: evaluation.environment,
      target: evaluation.target,
      target_release: evaluation.targetRelease ?? null,
      app: evaluation.app ?? null,
      dataset_name: evaluation.dataset.name,
      dataset_version: evaluation.dataset.version,
      spec: jsonb(evaluation.spec),
      progress: jsonb(evaluation.progress),
      metrics: jsonb(evaluation.metrics),
      thresholds: jsonb(evaluation.thresholds),
      passed: evaluation.passed,
      error: evaluation.error ?? '',
      job_id: evaluation.jobId ?? null,
      round: evaluation.round,
      created_by: evaluation.createdBy,
      created_at: new Date(evaluation.createdAt),
      ended_at: null,
    })
    .execute()
}

/** Changes an evaluation that is in one of `states`, and still of that job; false when it is not by now. */
export async function changeEvaluation(
  db: Queries,
  key: { project: string; id: string; ofJob?: string },
  states: readonly Evaluation['state'][],
  change: EvaluationChange,
): Promise<boolean> {
  const result = await db
    .updateTable('evaluations')
    .set({
      ...(change.state === undefined ? {} : { state: change.state }),
      ...(change.targetRelease === undefined ? {} : { target_release: change.targetRelease }),
      ...(change.progress === undefined ? {} : { progress: jsonb(change.progress) }),
      ...(change.metrics === undefined ? {} : { metrics: jsonb(change.metrics) }),
      ...(change.thresholds === undefined ? {} : { thresholds: jsonb(change.thresholds) }),
      ...(change.passed === undefined ? {} : { passed: change.passed }),
      ...(change.error === undefined ? {} : { error: change.error }),
      ...(change.jobId === undefined ? {} : { job_id: change.jobId }),
      ...(change.round === undefined ? {} : { round: change.round }),
      ...(change.endedAt === undefined ? {} : { ended_at: change.endedAt }),
    })
    .where('id', '=', key.id)
    .where('project_id', '=', key.project)
    .where('state', 'in', [...states])
    .$if(key.ofJob !== undefined, (each) => each.where('job_id', '=', key.ofJob ?? ''))
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

export async function findEvaluation(
  db: Queries,
  { project, id }: { project: string; id: string },
): Promise<StoredEvaluation | undefined> {
  const row = await db
    .selectFrom('evaluations')
    .selectAll()
    .where('id', '=', id)
    .where('project_id', '=', project)
    .executeTakeFirst()
  return row && evaluationOf(row)
}

/** Newest first; ids are made in order of time. */
export async function listEvaluations(
  db: Db,
  project: string,
  page: { limit: number; cursor?: string | undefined; name?: string | undefined; app?: string | undefined },
): Promise<Page<Evaluation>> {
  const { name, app } = page
  const query = db
    .selectFrom('evaluations')
    .selectAll()
    .where('project_id', '=', project)
    .$if(name !== undefined, (each) => each.where('name', '=', name ?? ''))
    .$if(app !== undefined, (each) => each.where('app', '=', app ?? ''))
  const { items, ...rest } = await keysetPage(query, {
    by: [{ column: 'id', type: 'uuid' }],
    direction: 'desc',
    limit: page.limit,
    cursor: page.cursor,
  })
  return { items: items.map(evaluationOf), ...rest }
}

type Row = Database['evaluations']

function evaluationOf(row: Row): StoredEvaluation {
  return {
    id: row.id,
    project: row.project_id,
    environment: row.environment,
    app: row.app ?? undefined,
    round: row.round,
    name: row.name,
    state: row.state,
    target: row.target,
    ...(row.target_release === null ? {} : { targetRelease: row.target_release }),
    dataset: { name: row.dataset_name, version: row.dataset_version },
    spec: row.spec,
    progress: row.progress,
    metrics: row.metrics,
    thresholds: row.thresholds,
    passed: row.passed,
    ...(row.error === '' ? {} : { error: row.error }),
    ...(row.job_id === null ? {} : { jobId: row.job_id }),
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    ...(row.ended_at ? { endedAt: row.ended_at.toISOString() } : {}),
  }
}
