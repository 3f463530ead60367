import { type Page } from '@ratchet/contract'
import { sql } from 'kysely'
import type { Db, Queries, Trx } from '../postgres/database.ts'
import { keysetPage } from '../postgres/keyset-page.ts'
import { jsonb } from '../postgres/transaction.ts'
import { unfinished, type JobProgress, type JobRow, type JobState } from './job-table.ts'

export type JobFilter = {
  readonly project: string | null
  readonly state?: JobState | undefined
  readonly name?: string | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

/** Adds a job, unless an unfinished one has the same name, project and key; returns that one's id then. */
export async function addJob(trx: Trx, row: JobRow): Promise<{ id: string; isNew: boolean }> {
  const added = await trx
    .insertInto('jobs')
    .values({ ...row, payload: jsonb(row.payload), progress: null })
    .onConflict((conflict) =>
      conflict
        .columns(['name', 'project_id', 'key'])
        // Literals, not parameters: only then does the database see that this is the index's condition.
        .where(sql<boolean>`key is not null and state in ('queued', 'running', 'retrying')`)
        .doNothing(),
    )
    .returning('id')
    .executeTakeFirst()
  if (added) return { id: added.id, isNew: true }
  const existing = await trx
    .selectFrom('jobs')
    .select('id')
    .where('name', '=', row.name)
    .where(sql<boolean>`project_id is not distinct from ${row.project_id}::uuid`)
    .where('key', '=', row.key)
    .where('state', 'in', [...unfinished])
    .executeTakeFirst()
  // The other job may have ended between the two statements; then this one goes in.
  return existing ? { id: existing.id, isNew: false } : addJob(trx, row)
}

/** Marks the job of this queue entry as running; undefined when it is cancelled, replaced or running already. */
export function claimJob(db: Db, queueId: string, now: Date): Promise<JobRow | undefined> {
  return db
    .updateTable('jobs')
    .set((each) => ({
      state: 'running',
      attempts: each('attempts', '+', 1),
      started_at: sql<Date>`coalesce(started_at, ${now})`,
      ended_at: null,
    }))
    .where('queue_id', '=', queueId)
    .where('state', 'in', ['queued', 'retrying'])
    .returningAll()
    .executeTakeFirst()
}

/** Changes a running job of this queue entry; false when the entry is void by now. */
export async function changeRunning(
  db: Queries,
  queueId: string,
  change: Partial<Pick<JobRow, 'state' | 'error' | 'failures' | 'crashes' | 'queue_id' | 'ended_at'>>,
): Promise<boolean> {
  const result = await db
    .updateTable('jobs')
    .set(change)
    .where('queue_id', '=', queueId)
    .where('state', '=', 'running')
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Writes progress; false when the job was cancelled or replaced meanwhile. */
export async function writeProgress(db: Db, queueId: string, progress: JobProgress): Promise<boolean> {
  const result = await db
    .updateTable('jobs')
    .set({ progress: jsonb(progress) })
    .where('queue_id', '=', queueId)
    .where('state', '=', 'running')
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Those of the queue entries whose job is still to run on. */
export async function stillRunning(db: Db, queueIds: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .selectFrom('jobs')
    .select('queue_id')
    .where('queue_id', 'in', [...queueIds])
    .where('state', '=', 'running')
    .execute()
  return new Set(rows.map((row) => row.queue_id))
}

/** One job of the project. */
export function findJob(db: Queries, project: string | null, id: string): Promise<JobRow | undefined> {
  return db
    .selectFrom('jobs')
    .selectAll()
    .where('id', '=', id)
    .where(sql<boolean>`project_id is not distinct from ${project}::uuid`)
    .executeTakeFirst()
}

/** The project's jobs, newest first. */
export function listJobs(db: Db, filter: JobFilter): Promise<Page<JobRow>> {
  let query = db
    .selectFrom('jobs')
    .selectAll()
    .where(sql<boolean>`project_id is not distinct from ${filter.project}::uuid`)
  if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  if (filter.name !== undefined) query = query.where('name', '=', filter.name)
  const by = [{ column: 'id', type: 'uuid' }] as const
  return keysetPage(query, { by, direction: 'desc', limit: filter.limit, cursor: filter.cursor })
}
