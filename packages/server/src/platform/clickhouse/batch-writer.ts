import { createHash } from 'node:crypto'
import { AppError } from '@ratchet/contract'
import { systemClock, type Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { DeadLetters } from './dead-letter.ts'
import type { Clickhouse } from './open-clickhouse.ts'
import { isDataError } from './query-error.ts'

export type BatchWriterOptions = {
  readonly table: string
  readonly insert: Clickhouse['insert']
  readonly deadLetters: DeadLetters
  readonly log: Log
  readonly maxRows?: number
  readonly maxDelayMs?: number
  /** Rows waiting or on their way; beyond, `write` refuses with `overloaded` instead of filling the memory. */
  readonly maxPendingRows?: number
  /** Waits `baseDelayMs`, doubled each time and jittered, up to `maxDelayMs`; then the dead letter. */
  readonly retry?: { readonly attempts: number; readonly baseDelayMs: number; readonly maxDelayMs: number }
  readonly clock?: Clock
  readonly random?: () => number
}

export type BatchWriterStats = {
  readonly pendingRows: number
  readonly insertedRows: number
  readonly retries: number
  readonly deadLetterBatches: number
  readonly deadLetterRows: number
}

/** Collects rows into batches. What a resolved `write` covers is on disk: in the table or in a dead letter. */
export type BatchWriter = {
  readonly write: (rows: readonly object[]) => Promise<void>
  /** Stores rows as one batch under the caller's token (which must stay the same when sent again). */
  readonly insertBatch: (rows: readonly object[], token: string) => Promise<void>
  readonly flush: () => Promise<void>
  readonly stats: () => BatchWriterStats
  /** Stores what waits; gives up waiting between retries, so that a stop is quick. */
  readonly stop: () => Promise<void>
}

const defaultRetry = { attempts: 6, baseDelayMs: 200, maxDelayMs: 10_000 }

/** Makes a batch writer for one table. */
export function makeBatchWriter(options: BatchWriterOptions): BatchWriter {
  const { table, insert, deadLetters, log } = options
  const clock = options.clock ?? systemClock
  const random = options.random ?? Math.random
  const retry = options.retry ?? defaultRetry
  const maxRows = options.maxRows ?? 5_000
  const maxPendingRows = options.maxPendingRows ?? 200_000
  const stopping = new AbortController()
  const counts = { pendingRows: 0, insertedRows: 0, retries: 0, deadLetterBatches: 0, deadLetterRows: 0 }
  const running = new Set<Promise<void>>()
  let waiting: object[] = []
  let turn: { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } | undefined
  let timer: NodeJS.Timeout | undefined

  async function store(rows: readonly object[], token: string): Promise<void> {
    try {
      await insertWithRetries(rows, token)
      counts.insertedRows += rows.length
    } catch (error) {
      if (isDataError(error) && rows.length > 1) return storeHalves(rows, token)
      const file = await deadLetters.write({ table, token, rows, error })
      counts.deadLetterBatches += 1
      counts.deadLetterRows += rows.length
      log.error(
        { table, rows: rows.length, file, error },
        'Rows could not be stored and went to a dead-letter file',
      )
    }
  }

  /** One bad row must not hold back the others: halve until it stands alone. Tokens follow from the batch's. */
  async function storeHalves(rows: readonly object[], token: string): Promise<void> {
    const middle = Math.ceil(rows.length / 2)
    await store(rows.slice(0, middle), `${token}-a`)
    await store(rows.slice(middle), `${token}-b`)
  }

  async function insertWithRetries(rows: readonly object[], token: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await insert(table, rows, { token })
      } catch (error) {
        if (attempt >= retry.attempts || isDataError(error) || stopping.signal.aborted) throw error
        counts.retries += 1
        const delayMs =
          Math.min(retry.maxDelayMs, retry.baseDelayMs * 2 ** (attempt - 1)) * (0.5 + random() / 2)
        log.warn({ table, attempt, delayMs, error }, 'Rows could not be stored; trying again')
        await clock.sleep(delayMs, stopping.signal).catch(() => {
          throw error
        })
      }
    }
  }

  function track(rows: number, work: Promise<void>): Promise<void> {
    const tracked = work.finally(() => {
      counts.pendingRows -= rows
      running.delete(tracked)
    })
    running.add(tracked)
    // The caller holds the same promise; this keeps a failure from counting as unhandled as well.
    tracked.catch(() => undefined)
    return tracked
  }

  function flushNow(): void {
    clearTimeout(timer)
    timer = undefined
    const done = turn
    const rows = waiting
    turn = undefined
    waiting = []
    if (!done) return
    track(rows.length, store(rows, tokenOf(rows))).then(done.resolve, done.reject)
  }

  function admit(rows: number): void {
    if (stopping.signal.aborted) {
      throw new AppError('unavailable', {
        message: `The writer of "${table}" is stopped; the server is shutting down.`,
      })
    }
    if (counts.pendingRows > 0 && counts.pendingRows + rows > maxPendingRows) {
      throw new AppError('overloaded', {
        message: `${counts.pendingRows} rows already wait to be stored in "${table}". Send again in a moment.`,
        details: { table, pendingRows: counts.pendingRows },
      })
    }
    counts.pendingRows += rows
  }

  return {
    write: async (rows) => {
      if (rows.length === 0) return
      admit(rows.length)
      waiting.push(...rows)
      turn ??= Promise.withResolvers<void>()
      const { promise } = turn
      if (waiting.length >= maxRows) flushNow()
      else timer ??= setTimeout(flushNow, options.maxDelayMs ?? 250)
      await promise
    },
    insertBatch: async (rows, token) => {
      if (rows.length === 0) return
      admit(rows.length)
      await track(rows.length, store(rows, token))
    },
    flush: async () => {
      flushNow()
      await Promise.all(running)
    },
    stats: () => ({ ...counts }),
    stop: async () => {
      flushNow()
      stopping.abort(new Error('stopping'))
      await Promise.allSettled(running)
    },
  }
}

function tokenOf(rows: readonly object[]): string {
  const hash = createHash('sha256')
  for (const row of rows) hash.update(JSON.stringify(row)).update('\n')
  return hash.digest('hex')
}
