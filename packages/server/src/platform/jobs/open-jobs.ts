import type { Job, Page } from '@ratchet/contract'
import type { z } from 'zod'
import { systemClock, type Clock } from '../clock.ts'
import { newId, type MakeId } from '../ids.ts'
import type { Log } from '../log.ts'
import type { Postgres } from '../postgres/open-postgres.ts'
import { consume, startBoss, type ScheduledJob } from './boss-queue.ts'
import type { JobDefinition, JobHandler } from './define-job.ts'
import { cancelJob, retryJob, showJob, showJobs } from './job-control.ts'
import { enqueueJob, type EnqueueOptions } from './job-intake.ts'
import type { JobParts } from './job-parts.ts'
import { stillRunning, type JobFilter } from './job-store.ts'
import { requeueLostJobs } from './requeue-job.ts'
import { runJob } from './run-job.ts'

/** Background work that survives restarts. State, progress and errors are rows of our table `jobs`. */
export type Jobs = {
  /** Registers who does the work; before `start`. */
  readonly work: <Payload extends z.ZodType>(
    definition: JobDefinition<Payload>,
    handler: JobHandler<Payload>,
    options?: { concurrency?: number },
  ) => void
  readonly start: () => Promise<void>
  /** Aborts running handlers and waits for them; what they did not finish is queued again. */
  readonly stop: () => Promise<void>
  readonly enqueue: <Payload extends z.ZodType>(
    definition: JobDefinition<Payload>,
    payload: z.input<Payload>,
    options: EnqueueOptions,
  ) => Promise<string>
  /** Enqueues at the times of a cron expression (UTC); a tick is skipped while the one before still runs. */
  readonly schedule: <Payload extends z.ZodType>(
    definition: JobDefinition<Payload>,
    cron: string,
    payload: z.input<Payload>,
    options: { project: string | null; key: string },
  ) => Promise<void>
  readonly unschedule: (definition: JobDefinition, key: string) => Promise<void>
  readonly list: (filter: JobFilter) => Promise<Page<Job>>
  /** `not_found` unless the project has it. */
  readonly get: (project: string | null, id: string) => Promise<Job>
  /** `conflict` when it has ended. */
  readonly cancel: (project: string | null, id: string) => Promise<Job>
  /** `conflict` unless it failed or was cancelled. */
  readonly retry: (project: string | null, id: string) => Promise<Job>
}

type Worker = { readonly begin: () => Promise<void> }

/** Opens the job queue on either engine. The definitions of all features are given here, so that each has its queue. */
export async function openJobs(options: {
  postgres: Postgres
  definitions: readonly JobDefinition[]
  log: Log
  clock?: Clock
  newId?: MakeId
  random?: () => number
  /** How often cancelled and lost jobs are looked for. */
  watchEveryMs?: number
  /** How soon after its time a repeated or postponed job starts; new jobs start at once. At least 0.5. */
  pollingIntervalSeconds?: number
}): Promise<Jobs> {
  const { postgres, definitions, log } = options
  const boss = await startBoss(postgres, definitions, log)
  const stopping = new AbortController()
  const parts: JobParts = {
    db: postgres.db,
    boss,
    log,
    clock: options.clock ?? systemClock,
    newId: options.newId ?? newId,
    random: options.random ?? Math.random,
    running: new Map(),
    stopping: stopping.signal,
  }
  const pollingIntervalSeconds = options.pollingIntervalSeconds ?? 2
  const workers: Worker[] = []
  let stopWatching = () => Promise.resolve()
  return {
    work: (definition, handler, { concurrency = 1 } = {}) => {
      if (!definitions.some((each) => each.name === definition.name)) {
        throw new Error(`The job "${definition.name}" is not among the definitions given to openJobs.`)
      }
      workers.push({
        begin: () => beginWork(parts, definition, handler, { concurrency, pollingIntervalSeconds }),
      })
    },
    start: async () => {
      await requeueLostJobs(parts, postgres.kind === 'pglite')
      for (const worker of workers) await worker.begin()
      stopWatching = watch(parts, options.watchEveryMs ?? 2_000)
    },
    stop: async () => {
      stopping.abort()
      await stopWatching()
      for (const abort of parts.running.values()) abort('stopping')
      await boss.stop({ graceful: true, timeout: 10_000 })
    },
    enqueue: (definition, payload, more) => enqueueJob(parts, definition, payload, more),
    schedule: async (definition, cron, payload, { project, key }) => {
      definition.payload.parse(payload)
      const scheduled: ScheduledJob = { project, key, payload }
      await boss.schedule(definition.name, cron, { schedule: scheduled }, { key, tz: 'UTC' })
    },
    unschedule: (definition, key) => boss.unschedule(definition.name, key),
    list: (filter) => showJobs(parts, filter),
    get: (project, id) => showJob(parts, project, id),
    cancel: (project, id) => cancelJob(parts, project, id),
    retry: (project, id) => retryJob(parts, project, id),
  }
}

function beginWork<Payload extends z.ZodType>(
  parts: JobParts,
  definition: JobDefinition<Payload>,
  handler: JobHandler<Payload>,
  options: { concurrency: number; pollingIntervalSeconds: number },
): Promise<void> {
  return consume(parts.boss, definition, options, async (queueId, entry, signal) => {
    if (!('schedule' in entry)) return runJob(parts, definition, handler, { queueId, signal })
    const { project, payload, key } = entry.schedule
    await enqueueJob(parts, definition, payload, {
      project,
      key,
    })
  })
}

/** Looks every so often for jobs cancelled by another process, and for jobs whose process died. */
function watch(parts: JobParts, everyMs: number): () => Promise<void> {
  let looking: Promise<void> | undefined
  const look = async () => {
    try {
      const { running } = parts
      const alive = running.size === 0 ? undefined : await stillRunning(parts.db, [...running.keys()])
      if (alive) for (const [queueId, abort] of running) if (!alive.has(queueId)) abort('cancelled')
      await requeueLostJobs(parts, false)
    } catch (error) {
      parts.log.error({ error }, 'Looking after background jobs failed; trying again')
    }
    looking = undefined
  }
  const timer = setInterval(() => {
    looking ??= look()
  }, everyMs)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await looking
  }
}
