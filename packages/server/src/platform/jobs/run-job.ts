import { setInterval } from 'node:timers'
import type { z } from 'zod'
import type { JobDefinition, JobHandler } from './define-job.ts'
import type { AbortReason, JobParts } from './job-parts.ts'
import { storableText } from '../postgres/storable-text.ts'
import { changeRunning, claimJob, writeProgress } from './job-store.ts'
import type { JobProgress, JobRow } from './job-table.ts'
import { requeueJob } from './requeue-job.ts'

const maxRetryDelayMs = 5 * 60_000
const progressEveryMs = 500

/** Runs the job of one queue entry to its end and records how it ended. Never throws for a failed job. */
export async function runJob<Payload extends z.ZodType>(
  parts: JobParts,
  definition: JobDefinition<Payload>,
  handler: JobHandler<Payload>,
  entry: { queueId: string; signal: AbortSignal },
): Promise<void> {
  const { db, clock, running } = parts
  const { queueId } = entry
  // Left unclaimed: the next start finds the entry ended and the job still queued.
  if (parts.stopping.aborted) return
  const row = await claimJob(db, queueId, new Date(clock.now()))
  if (!row) return
  const abort = new AbortController()
  let aborted: AbortReason | undefined
  running.set(queueId, (reason) => {
    aborted ??= reason
    abort.abort(new Error(reason === 'cancelled' ? 'The job was cancelled.' : 'The server is stopping.'))
  })
  const progress = makeProgress(parts, queueId)
  const signal = AbortSignal.any([entry.signal, abort.signal])
  let outcome: { ok: true } | { ok: false; error: unknown }
  try {
    const payload = definition.payload.parse(row.payload)
    const { id: jobId, project_id: project, attempts: attempt } = row
    // The race ends an attempt whose handler ignores its signal; what it still writes under this entry is void.
    await withSignal(handler({ jobId, project, payload, attempt, signal, progress: progress.report }), signal)
    outcome = { ok: true }
  } catch (error) {
    outcome = { ok: false, error }
  } finally {
    running.delete(queueId)
  }
  await progress.end()
  if (outcome.ok)
    await changeRunning(db, queueId, { state: 'done', error: null, ended_at: new Date(clock.now()) })
  else if (aborted === 'stopping') await requeueJob(parts, row, { state: 'queued' })
  else if (aborted !== 'cancelled') {
    // The queue's own signal aborts only when the attempt's time is over.
    const error = entry.signal.aborted ? expired(definition) : outcome.error
    await recordFailure(parts, definition, row, error)
  }
}

async function recordFailure(
  parts: JobParts,
  definition: JobDefinition,
  row: JobRow,
  error: unknown,
): Promise<void> {
  const { clock, log, random } = parts
  const failures = row.failures + 1
  const message = storableText((error instanceof Error ? error.message : String(error)).slice(0, 2_000))
  const fields = { job: row.name, jobId: row.id, attempt: row.attempts, error }
  if (failures <= definition.retryLimit) {
    const delayMs = Math.min(maxRetryDelayMs, definition.retryDelaySeconds * 1000 * 2 ** (failures - 1))
    const startAfter = new Date(clock.now() + delayMs * (0.5 + random() / 2))
    log.warn({ ...fields, startAfter }, 'A job failed and will be repeated')
    await requeueJob(parts, row, { state: 'retrying', error: message, failures }, startAfter)
    return
  }
  log.error(fields, 'A job failed for good')
  const change = { state: 'failed', error: message, failures, ended_at: new Date(clock.now()) } as const
  await changeRunning(parts.db, row.queue_id, change)
}

function expired(definition: Pick<JobDefinition, 'expireInSeconds'>): Error {
  return new Error(`The attempt took longer than ${definition.expireInSeconds} s and was stopped.`)
}

function makeProgress(parts: JobParts, queueId: string) {
  let latest: JobProgress | undefined
  let writing: Promise<void> = Promise.resolve()
  const write = async () => {
    if (!latest) return
    const progress = latest
    latest = undefined
    try {
      if (!(await writeProgress(parts.db, queueId, progress))) parts.running.get(queueId)?.('cancelled')
    } catch (error) {
      // The next one may pass; a job must not fail because a number could not be shown.
      parts.log.warn({ queueId, error }, 'Progress of a job could not be written')
    }
  }
  const timer = setInterval(() => {
    writing = writing.then(write)
  }, progressEveryMs)
  timer.unref()
  return {
    report: (done: number, total: number, message = '') => {
      latest = { done, total, message }
    },
    end: async () => {
      clearInterval(timer)
      writing = writing.then(write)
      await writing
    },
  }
}

function withSignal(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      // A moment for the handler to end by itself, so that its own clean-up comes first.
      const grace = setTimeout(() => reject(signal.reason), 5_000)
      grace.unref()
      work.finally(() => clearTimeout(grace)).catch(() => undefined)
    }
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
