import { fromKysely, fromPglite, PgBoss } from 'pg-boss'
import type { Log } from '../log.ts'
import type { Trx } from '../postgres/database.ts'
import type { Postgres } from '../postgres/open-postgres.ts'
import type { JobDefinition } from './define-job.ts'

/** The schema of pg-boss's own tables, beside ours in the same database. */
export const bossSchema = 'ratchet_queue'
/** A worker that says nothing for longer than this is dead. */
export const heartbeatSeconds = 30
const nobody = '00000000-0000-0000-0000-000000000000'

/** An entry of the queue: a job to run, or the tick of a schedule that is to make one. */
export type QueueEntry = { readonly jobId: string } | { readonly schedule: ScheduledJob }
export type ScheduledJob = {
  readonly project: string | null
  readonly payload: unknown
  readonly key: string
}

/** Starts pg-boss with one queue per job definition. Repetitions are ours (job state stays in one place), so it makes none. */
export async function startBoss(
  postgres: Postgres,
  definitions: readonly JobDefinition[],
  log: Log,
): Promise<PgBoss> {
  const common = {
    schema: bossSchema,
    useListenNotify: true,
    monitorVacuum: false,
    superviseIntervalSeconds: 30,
  }
  const boss =
    postgres.kind === 'pglite'
      ? new PgBoss({ ...common, backend: 'pglite', db: fromPglite(postgres.embedded) })
      : new PgBoss({
          ...common,
          connectionString: postgres.databaseUrl,
          max: 4,
          application_name: 'ratchet-jobs',
        })
  boss.on('error', (error) => log.error({ error }, 'The job queue reported an error'))
  boss.on('warning', (warning) => log.warn({ warning: warning.message }, 'The job queue reported a warning'))
  await boss.start()
  for (const definition of definitions) {
    const options = {
      retryLimit: 0,
      expireInSeconds: definition.expireInSeconds,
      heartbeatSeconds,
      deleteAfterSeconds: 3_600,
      notify: true,
    }
    // Creating keeps an existing queue as it is, so changed options need the update.
    await boss.createQueue(definition.name, options)
    await boss.updateQueue(definition.name, options)
    // pg-boss looks a queue up once, on its own connection. Inside a transaction of ours on the embedded engine,
    // which has one connection, that look would wait for ever; so it happens here.
    await boss.findJobs(definition.name, { id: nobody })
  }
  return boss
}

/** Adds a queue entry inside our transaction: it exists exactly if the transaction commits. */
export async function sendEntry(
  boss: PgBoss,
  trx: Trx,
  entry: { name: string; queueId: string; jobId: string; startAfter?: Date | undefined },
): Promise<void> {
  await boss.send(
    entry.name,
    { jobId: entry.jobId },
    { id: entry.queueId, db: fromKysely(trx), ...(entry.startAfter ? { startAfter: entry.startAfter } : {}) },
  )
}

/** Runs `work` for each entry of the queue, `concurrency` at a time in this process. */
export async function consume(
  boss: PgBoss,
  definition: JobDefinition,
  options: { concurrency: number; pollingIntervalSeconds: number },
  work: (queueId: string, entry: QueueEntry, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { concurrency, pollingIntervalSeconds } = options
  const working = {
    batchSize: 1,
    localConcurrency: concurrency,
    pollingIntervalSeconds,
    // With notifications on, this replaces the interval above; unset it is minutes, and waits would never end in time.
    notifyPollingIntervalSeconds: pollingIntervalSeconds,
  }
  await boss.work<QueueEntry>(definition.name, working, async ([entry]) => {
    if (entry) await work(entry.id, entry.data, entry.signal)
  })
}
