import { createHash } from 'node:crypto'
import type { Shipment, SpanRecord } from '@ratchet/contract'
import { makeBatchWriter, type BatchWriterStats } from '#platform/clickhouse/batch-writer.ts'
import type { DeadLetters } from '#platform/clickhouse/dead-letter.ts'
import type { Clickhouse } from '#platform/clickhouse/open-clickhouse.ts'
import { usOfTimeText } from '#platform/clickhouse/time-text.ts'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import { acceptRecords, type Rejected } from './accept-records.ts'
import { rootRowOf, spanRowOf, type SpanRow } from './span-row.ts'
import type { TailHub } from '../tail-hub.ts'

/** What a process last said about its spool, and when. */
export type SpoolState = Shipment['spool'] & { readonly reportedAtMs: number }

/** The way of spans into the tables. Resolved calls are durable: in the tables or in a dead-letter file. */
export type Ingestion = {
  /** Stores a shipment of gateway or runner; the same token again stores nothing twice. */
  readonly ingest: (
    shipment: Pick<Shipment, 'token'> & { records: readonly unknown[]; spool?: Shipment['spool'] },
  ) => Promise<{ stored: number; rejected: number }>
  /** Stores spans that control itself makes; small writes are joined into batches. */
  readonly ingestOwn: (records: readonly SpanRecord[]) => Promise<void>
  /** Insert for replaying dead letters: also takes back rejected records, which may have become valid. */
  readonly replayInsert: (
    table: string,
    rows: readonly object[],
    options: { token: string; signal?: AbortSignal },
  ) => Promise<void>
  /** The newest report of each process. */
  readonly spoolStates: () => readonly SpoolState[]
  readonly writerStats: () => {
    readonly spans: BatchWriterStats
    readonly roots: BatchWriterStats
    readonly rejectedRecords: number
  }
  readonly stop: () => Promise<void>
}

/** Dead letters of records that are no spans; not a table. */
const rejectedTable = 'rejected_spans'

export function makeIngestion(parts: {
  clickhouse: Pick<Clickhouse, 'insert'>
  deadLetters: DeadLetters
  clock: Clock
  log: Log
  announce: TailHub['announce']
  /** Told of spans once they are stored; `token` names their shipment. */
  onStored?: ((records: readonly SpanRecord[], token?: string) => void) | undefined
}): Ingestion {
  const { clickhouse, deadLetters, clock, log, announce } = parts
  const common = { insert: clickhouse.insert, deadLetters, log, clock }
  const spanWriter = makeBatchWriter({ ...common, table: 'spans' })
  const rootWriter = makeBatchWriter({ ...common, table: 'trace_roots' })
  const spools = new Map<string, SpoolState>()
  let rejectedRecords = 0

  async function store(records: readonly SpanRecord[], token: string): Promise<void> {
    const { rows, roots } = rowsOf(records)
    await Promise.all([
      spanWriter.insertBatch(rows, token),
      rootWriter.insertBatch(roots.map(rootRowOf), token),
    ])
    announceRoots(roots, announce)
  }

  async function setAside(rejected: readonly Rejected[], token: string): Promise<void> {
    if (rejected.length === 0) return
    rejectedRecords += rejected.length
    const rows = rejected.map(({ record, reason }) => ({ reason, record }))
    const error = new Error(
      `${rejected.length} records are no valid spans; first: ${rejected[0]?.reason ?? ''}`,
    )
    const file = await deadLetters.write({ table: rejectedTable, token, rows, error })
    log.error(
      { rejected: rejected.length, file, reason: rejected[0]?.reason },
      'Span records were refused and went to a dead-letter file',
    )
  }

  function noteSpool(told: SpoolState): SpoolState {
    spools.set(told.name ?? told.process, told)
    return told
  }

  /** A spool tells how it is when it sends; nobody may hear of it again for long, and what came waits there no more. */
  function noteArrival(told: SpoolState, arrived: number): void {
    if (spools.get(told.name ?? told.process) !== told) return
    noteSpool({ ...told, pendingRecords: Math.max(0, told.pendingRecords - arrived) })
  }

  return {
    ingest: async ({ token, records, spool }) => {
      const told = spool && noteSpool({ ...spool, reportedAtMs: clock.now() })
      const { accepted, rejected } = acceptRecords(records)
      await Promise.all([store(accepted, token), setAside(rejected, token)])
      if (told) noteArrival(told, records.length)
      parts.onStored?.(accepted, token)
      return { stored: accepted.length, rejected: rejected.length }
    },
    ingestOwn: async (records) => {
      const { rows, roots } = rowsOf(records)
      await Promise.all([spanWriter.write(rows), rootWriter.write(roots.map(rootRowOf))])
      announceRoots(roots, announce)
      parts.onStored?.(records)
    },
    replayInsert: async (table, rows, options) => {
      if (table !== rejectedTable) return clickhouse.insert(table, rows, options)
      const { accepted, rejected } = acceptRecords(rows.map(recordOf))
      // Kept whole: a partly stored letter would be stored under another token the next time.
      if (rejected[0]) throw new Error(`Still not a valid span: ${rejected[0].reason}`)
      await store(accepted, createHash('sha256').update(`replay ${options.token}`).digest('hex'))
    },
    spoolStates: () => [...spools.values()],
    writerStats: () => ({ spans: spanWriter.stats(), roots: rootWriter.stats(), rejectedRecords }),
    stop: async () => {
      await Promise.all([spanWriter.stop(), rootWriter.stop()])
    },
  }
}

function rowsOf(records: readonly SpanRecord[]): { rows: SpanRow[]; roots: SpanRow[] } {
  const rows: SpanRow[] = []
  const roots: SpanRow[] = []
  for (const record of records) {
    const row = spanRowOf(record)
    rows.push(row)
    if (record.isLocalRoot) roots.push(row)
  }
  return { rows, roots }
}

function announceRoots(roots: readonly SpanRow[], announce: TailHub['announce']): void {
  for (const [project, group] of Map.groupBy(roots, (row) => row.project)) {
    announce(
      project,
      group.map((row) => ({ traceId: row.trace_id, startUs: usOfTimeText(row.start) })),
    )
  }
}

function recordOf(row: object): unknown {
  return 'record' in row ? row.record : row
}
