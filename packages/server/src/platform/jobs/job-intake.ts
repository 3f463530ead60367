import type { z } from 'zod'
import type { Trx } from '../postgres/database.ts'
import { transaction } from '../postgres/transaction.ts'
import { sendEntry } from './boss-queue.ts'
import type { JobDefinition } from './define-job.ts'
import type { JobParts } from './job-parts.ts'
import { addJob } from './job-store.ts'
import type { JobRow } from './job-table.ts'

export type EnqueueOptions = {
  /** Null for work that belongs to no project, such as retention. */
  readonly project: string | null
  /** While a job of this name, project and key is unfinished, enqueueing returns that one's id. */
  readonly key?: string
  readonly startAfter?: Date
  /** Enqueue as part of a transaction: the job exists exactly if it commits. */
  readonly trx?: Trx
}

/** Checks the payload, adds the job's row and its queue entry together, and returns the job's id. */
export async function enqueueJob<Payload extends z.ZodType>(
  parts: JobParts,
  definition: JobDefinition<Payload>,
  payload: unknown,
  options: EnqueueOptions,
): Promise<string> {
  const row = makeRow(parts, definition, payload, options)
  const add = async (trx: Trx) => {
    const { id, isNew } = await addJob(trx, row)
    if (isNew) {
      const { name, queue_id: queueId } = row
      await sendEntry(parts.boss, trx, { name, queueId, jobId: id, startAfter: options.startAfter })
    }
    return id
  }
  return options.trx ? add(options.trx) : transaction(parts.db, add)
}

function makeRow<Payload extends z.ZodType>(
  parts: JobParts,
  definition: JobDefinition<Payload>,
  payload: unknown,
  options: EnqueueOptions,
): JobRow {
  return {
    id: parts.newId(),
    project_id: options.project,
    name: definition.name,
    key: options.key ?? null,
    state: 'queued',
    summary: definition.summarise(definition.payload.parse(payload)).slice(0, 500),
    // As given: it is parsed again when the job runs, and a schema may change what it parses.
    payload,
    progress: null,
    error: null,
    attempts: 0,
    failures: 0,
    crashes: 0,
    queue_id: parts.newId(),
    created_at: new Date(parts.clock.now()),
    started_at: null,
    ended_at: null,
  }
}
