import type { SpanRecord } from '@ratchet/contract'
import type { Clock } from '#platform/clock.ts'
import type { Db } from '#platform/postgres/database.ts'
import {
  addBatch,
  addBatchFile,
  lookAgain,
  settle,
  takeDue,
  type BatchOwner,
  type DueBatch,
} from './batch-store.ts'
import { readBatchRecord, type BatchRecord } from './read-batch-record.ts'
import { shareRecord } from './share-record.ts'

export type BatchesParts = {
  readonly db: Db
  readonly clock: Pick<Clock, 'now'>
  /** Puts what a batch cost on the budgets and limits of its owner; the same `id` counts once. */
  readonly charge: (charge: BatchCharge) => Promise<void>
  /** Asks the provider of a batch, through the gateway, which accounts for what has ended. */
  readonly look: (batch: DueBatch) => Promise<void>
  readonly log: { warn(details: object, message: string): void }
}

export type BatchCharge = BatchOwner & {
  readonly id: string
  readonly project: string
  /** `connection/model`. */
  readonly model: string
  /** Empty for requests that named the model itself. */
  readonly route: string
  readonly costNano: number
  /** When the provider worked on it. */
  readonly fromMs: number
  readonly toMs: number
}

export type Batches = {
  /**
   * What of a shipment is to be stored: spans of ended batches come out once, under the name of whoever made the
   * batch and the routes that its requests named, and new batches are noted. All other records come out as they are.
   */
  readonly admit: (records: readonly unknown[], token: string) => Promise<unknown[]>
  /** Looks at batches whose time has come. Runs by itself after {@link Batches.start}. */
  readonly lookAtDue: () => Promise<number>
  readonly start: () => void
  readonly stop: () => Promise<void>
}

const minuteMs = 60_000
const everyMs = 15_000
/** Small batches are done sooner than one looks. */
const firstLookMs = 30_000
const mostAtOnce = 20
/** Providers end a batch within a day; those that never do are given up. */
const giveUpMs = 9 * 24 * 60 * minuteMs

/** Makes the batches feature. */
export function makeBatches(parts: BatchesParts): Batches {
  const { db, clock, log } = parts
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<unknown> = Promise.resolve()

  const lookAtDue = async (): Promise<number> => {
    const nowMs = clock.now()
    const due = await takeDue(db, {
      now: new Date(nowMs),
      until: new Date(nowMs + 5 * minuteMs),
      most: mostAtOnce,
    })
    for (const batch of due) {
      await parts
        .look(batch)
        .catch((error: unknown) =>
          log.warn({ error, batch: batch.clientId }, 'a batch could not be looked at; trying again later'),
        )
      await lookAgain(db, batch, nextLook(batch.createdAt.getTime(), clock.now()))
    }
    return due.length
  }

  return {
    admit: async (records, token) => {
      const found = records.map(readBatchRecord)
      if (found.every((each) => each === undefined)) return [...records]
      const admitted: unknown[] = []
      // Clients fetch a batch as often as they like, also while a shipment waits.
      const told = new Set<string>()
      // One after the other: a batch that ends at once is settled by the shipment that tells of it.
      for (const [index, each] of found.entries()) {
        if (each === undefined) {
          admitted.push(records[index])
          continue
        }
        const { project, connection, model } = each.record
        if (each.kind === 'ended') {
          const key = JSON.stringify([project, connection, each.batchId, model])
          if (told.has(key)) continue
          told.add(key)
        }
        admitted.push(...(await admitRecord(parts, each, token)))
      }
      return admitted
    },
    lookAtDue,
    start: () => {
      timer ??= setInterval(() => {
        looking = looking
          .then(lookAtDue)
          .catch((error: unknown) => log.warn({ error }, 'batches were not looked at; trying again'))
      }, everyMs).unref()
    },
    stop: async () => {
      clearInterval(timer)
      await looking
    },
  }
}

async function admitRecord(
  { db, charge }: BatchesParts,
  found: BatchRecord,
  token: string,
): Promise<readonly SpanRecord[]> {
  const { record } = found
  const { project, connection, model } = record
  const createdMs = Math.round(record.startUs / 1000)
  if (found.kind === 'file') {
    const { fileId, routes } = found
    await addBatchFile(db, { project, connection, fileId, routes, createdAt: new Date(createdMs) })
    return [record]
  }
  const { batchId } = found
  if (found.kind === 'made') {
    const { environment, keyId, userId, sessionId, traceId, app } = record
    await addBatch(db, {
      project,
      connection,
      batchId,
      clientId: found.clientId,
      inputFile: found.inputFile,
      environment,
      keyId,
      userId,
      sessionId,
      traceId,
      app,
      createdAt: new Date(createdMs),
      nextLookAt: new Date(createdMs + firstLookMs),
    })
    return [record]
  }
  const settled = await settle(db, { project, connection, batchId }, { model, token })
  if (settled === undefined) return []
  const { environment, keyId, userId, sessionId, traceId, app } = settled.owner
  const attributes = `${record.attributes.slice(0, -1)},"made_in_trace":${JSON.stringify(traceId)}}`
  const owned = { ...record, environment, keyId, userId, sessionId, app, attributes }
  const parts = shareRecord(owned, settled.routes)
  // A provider's clock may be wrong; ours saw the batch made, and ended.
  const seenMs = record.startUs / 1000
  const fromMs = Math.min(settled.createdAt.getTime(), seenMs)
  const toMs = Math.max(fromMs, Math.min(found.endedMs ?? seenMs, seenMs))
  for (const { route, record: part } of parts) {
    const { costNano } = part
    const id = `${part.traceId}${part.spanId}`
    if (costNano > 0)
      await charge({
        ...settled.owner,
        project,
        route,
        model: `${connection}/${model}`,
        costNano,
        id,
        fromMs,
        toMs,
      })
  }
  return parts.map((part) => part.record)
}

/** Often at first, then every tenth of its age: a batch that took a day is counted within half an hour of its end. */
function nextLook(createdMs: number, nowMs: number): Date | undefined {
  const ageMs = nowMs - createdMs
  if (ageMs > giveUpMs) return undefined
  return new Date(nowMs + Math.min(Math.max(ageMs / 10, minuteMs), 30 * minuteMs))
}
