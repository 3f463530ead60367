import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SpanDraft } from './records/span-record.ts'
import { RunningSpool } from './running-spool.ts'
import type { SegmentFiles } from './segments/segment-files.ts'
import type { SendShipment } from './shipping/send-shipment.ts'
import { describeOwner, ownerPath } from './segments/spool-owner.ts'
import type { SpoolProcess, SpoolStats } from './spool-stats.ts'

export type SpoolOptions = {
  /** The folder of all spools: `<data>/spool`. */
  readonly root: string
  readonly process: SpoolProcess
  /** Tells several of a kind apart in what they report; by default the kind. */
  readonly name?: string
  /** Unique for each start of a process. */
  readonly instance: string
  /** How shipments leave: usually `makeHttpSender(...)`. */
  readonly send: SendShipment
  /** Limit of all bytes this process keeps on disk; default 512 MiB. */
  readonly limitBytes?: number
  /** A new segment starts at this size; default 8 MiB. */
  readonly segmentBytes?: number
  /** Longest input and output of a span in bytes of UTF-8; default 256 KiB each. */
  readonly bodyLimitBytes?: number
  /** Told what a `done` threw; by default it only shows as the last error of `stats()`. */
  readonly onListenerError?: (error: unknown) => void
  readonly maxRows?: number
  readonly maxBytes?: number
  readonly delayMs?: number
  readonly files?: SegmentFiles
  readonly random?: () => number
  readonly now?: () => number
}

/** A running spool: takes spans at once, keeps them on disk, ships them in the background. */
export type Spool = {
  /**
   * Takes a record; `done` runs after it is on disk (or counted as dropped), which is when a response may end.
   * Never throws and never waits: a full or broken disk costs records and shows in `stats()`, not requests.
   */
  readonly append: (record: SpanDraft, done?: () => void) => void
  readonly stats: () => SpoolStats
  /** Writes what waits, ships for at most `timeoutMs` (2 s), leaves the rest for the next process of this kind. */
  readonly stop: (timeoutMs?: number) => Promise<void>
}

/**
 * Opens this process's spool folder, takes over those of dead processes of its kind, and starts shipping.
 * A record survives the death of the process from the moment `done` runs; files are flushed to the disk
 * itself once a second, so a power cut can cost the last second.
 */
export async function startSpool(options: SpoolOptions): Promise<Spool> {
  makeOwnFolder(options)
  const spool = new RunningSpool(options)
  await spool.start()
  return {
    append: (record, done) => spool.append(record, done),
    stats: () => spool.stats(),
    stop: (timeoutMs = 2_000) => spool.stop(timeoutMs),
  }
}

/** The folder appears under its name together with its owner, so nobody takes it for a dead one. */
function makeOwnFolder(options: SpoolOptions): void {
  const coming = join(options.root, `.${options.process}-${options.instance}`)
  mkdirSync(coming, { recursive: true, mode: 0o700 })
  writeFileSync(ownerPath(coming), JSON.stringify(describeOwner(options.process, process.pid)))
  renameSync(coming, join(options.root, `${options.process}-${options.instance}`))
}
