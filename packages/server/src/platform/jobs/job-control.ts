import { AppError, type Job, type Page } from '@ratchet/contract'
import { transaction } from '../postgres/transaction.ts'
import { sendEntry } from './boss-queue.ts'
import type { JobParts } from './job-parts.ts'
import { findJob, listJobs, type JobFilter } from './job-store.ts'
import { toJob, unfinished, type JobRow } from './job-table.ts'

/** One page of the project's jobs, newest first. */
export async function showJobs(parts: JobParts, filter: JobFilter): Promise<Page<Job>> {
  const page = await listJobs(parts.db, filter)
  return { ...page, items: page.items.map(toJob) }
}

/** One job of the project, or `not_found`. */
export async function showJob(parts: JobParts, project: string | null, id: string): Promise<Job> {
  return toJob(await mustFind(parts, project, id))
}

/** Ends an unfinished job; a running handler's signal aborts, within two seconds also in another process. */
export async function cancelJob(parts: JobParts, project: string | null, id: string): Promise<Job> {
  await mustFind(parts, project, id)
  const cancelled = await parts.db
    .updateTable('jobs')
    .set({ state: 'cancelled', ended_at: new Date(parts.clock.now()) })
    .where('id', '=', id)
    .where('state', 'in', [...unfinished])
    .returningAll()
    .executeTakeFirst()
  if (!cancelled)
    throw wrongState(await mustFind(parts, project, id), 'cancelled', 'queued, running or retrying')
  parts.running.get(cancelled.queue_id)?.('cancelled')
  return toJob(cancelled)
}

/** Queues a failed or cancelled job again, with all its repetitions. */
export async function retryJob(parts: JobParts, project: string | null, id: string): Promise<Job> {
  const row = await mustFind(parts, project, id)
  const queueId = parts.newId()
  await transaction(parts.db, async (trx) => {
    const changed = await trx
      .updateTable('jobs')
      .set({ state: 'queued', queue_id: queueId, failures: 0, crashes: 0, error: null, ended_at: null })
      .where('id', '=', id)
      .where('state', 'in', ['failed', 'cancelled'])
      .executeTakeFirst()
    if (changed.numUpdatedRows === 0n) throw wrongState(row, 'retried', 'failed or cancelled')
    await sendEntry(parts.boss, trx, { name: row.name, queueId, jobId: id })
  })
  return showJob(parts, project, id)
}

async function mustFind(parts: JobParts, project: string | null, id: string): Promise<JobRow> {
  const row = await findJob(parts.db, project, id)
  if (row) return row
  throw new AppError('not_found', {
    message: `There is no job "${id}" in this project. List them with: ratchet jobs list`,
    details: { id },
  })
}

function wrongState(row: JobRow, wanted: string, needed: string): AppError {
  return new AppError('conflict', {
    message: `Job "${row.id}" is ${row.state} and cannot be ${wanted}: only ${needed} jobs can.`,
    details: { id: row.id, state: row.state },
  })
}
