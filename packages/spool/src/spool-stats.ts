import type { Shipment } from '@ratchet/contract'

/** Kind of process that a spool belongs to; only processes of the same kind take over each other's folders. */
export type SpoolProcess = Shipment['spool']['process']

/** Honest figures of a spool since its process started; what was dropped is dropped for good. */
export type SpoolStats = Omit<Shipment['spool'], 'process' | 'name'> & {
  readonly writtenRecords: number
  readonly shippedRecords: number
  /** Records that control refused as invalid; kept in `<data>/spool/rejected.ndjson` up to 16 MiB. */
  readonly rejectedRecords: number
  /** Why the last record was dropped or the last shipment failed; absent after a success. */
  readonly lastError?: string
}

/** The counters behind {@link SpoolStats}; one mutable record per process, shared by writer and shipper. */
export type SpoolCounters = {
  writtenRecords: number
  /** Records on disk that control has not acknowledged. */
  pendingRecords: number
  droppedBodies: number
  droppedRecords: number
  shippedRecords: number
  rejectedRecords: number
  writeError: string | undefined
  shipError: string | undefined
}

export function makeCounters(): SpoolCounters {
  return {
    writtenRecords: 0,
    pendingRecords: 0,
    droppedBodies: 0,
    droppedRecords: 0,
    shippedRecords: 0,
    rejectedRecords: 0,
    writeError: undefined,
    shipError: undefined,
  }
}
