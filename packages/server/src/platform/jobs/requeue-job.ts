import { sql } from 'kysely'
import { transaction } from '../postgres/transaction.ts'
import { bossSchema, heartbeatSeconds, sendEntry } from './boss-queue.ts'
import type { JobParts } from './job-parts.ts'
import { changeRunning } from './job-store.ts'
import { unfinished, type JobRow } from './job-table.ts'

/** A job whose process dies this often is probably what kills it: it is not started again. */
const crashLimit = 3

/** Gives an unfinished job a new queue entry, which voids the one it had; false when it was changed meanwhile. */
export function requeueJob(
  parts: JobParts,
  row: JobRow,
  change: { state: 'queued' | 'retrying'; error?: string; failures?: number; crashes?: number },
  startAfter?: Date,
): Promise<boolean> {
  return transaction(parts.db, async (trx) => {
    const queueId = parts.newId()
    const changed = await trx
      .updateTable('jobs')
      .set({ ...change, queue_id: queueId })
      .where('id', '=', row.id)
      .where('queue_id', '=', row.queue_id)
      .where('state', 'in', [...unfinished])
      .executeTakeFirst()
    if (changed.numUpdatedRows === 0n) return false
    await sendEntry(parts.boss, trx, { name: row.name, queueId, jobId: row.id, startAfter })
    return true
  })
}

/**
 * Queues again what nobody will run: the queue entry is gone or ended, or its worker stopped its heartbeat because
 * the process was killed. With `alone`, this process is the only one, so what "runs" elsewhere is dead for sure.
 */
export async function requeueLostJobs(parts: JobParts, alone: boolean): Promise<void> {
  for (const row of await findLostJobs(parts, alone)) {
    if (parts.running.has(row.queue_id)) continue
    const crashes = row.crashes + (row.state === 'running' ? 1 : 0)
    if (crashes < crashLimit) {
      parts.log.warn({ job: row.name, jobId: row.id, crashes }, 'A job lost its process and is started again')
      await requeueJob(parts, row, { state: 'queued', crashes })
      continue
    }
    const error = `The process died ${crashes} times while it ran this job, so it is not started again. The log says why; then retry the job.`
    parts.log.error({ job: row.name, jobId: row.id, crashes }, error)
    await changeRunning(parts.db, row.queue_id, {
      state: 'failed',
      crashes,
      error,
      ended_at: new Date(parts.clock.now()),
    })
  }
}

async function findLostJobs(parts: JobParts, alone: boolean): Promise<JobRow[]> {
  const silence = sql`make_interval(secs => ${heartbeatSeconds * 1.5}::float8)`
  const dead = alone
    ? sql`entry.state = 'active'`
    : sql`(entry.state = 'active' and coalesce(entry.heartbeat_on, entry.started_on) + ${silence} < now())`
  const result = await sql<JobRow>`
    select jobs.* from jobs
    left join ${sql.ref(`${bossSchema}.job`)} as entry on entry.id = jobs.queue_id and entry.name = jobs.name
    where jobs.state in ('queued', 'running', 'retrying')
      and (entry.id is null or entry.state in ('completed', 'cancelled', 'failed') or ${dead})
    limit 1000`.execute(parts.db)
  return result.rows
}
