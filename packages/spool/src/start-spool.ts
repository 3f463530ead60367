import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SpanRecord } from '@ratchet/contract'
import { adoptFolders } from './adopt-folders.ts'
import type { DiskBudget } from './disk-budget.ts'
import type { ReadBuffer } from './read-lines.ts'
import { RecordWriter } from './record-writer.ts'
import { diskFiles, type SegmentFiles } from './segment-files.ts'
import { SegmentWriter } from './segment-writer.ts'
import type { SendShipment } from './send-shipment.ts'
import { Shipper } from './shipper.ts'
import { describeOwner, ownerPath, touchOwner } from './spool-owner.ts'
import { SpoolSource } from './spool-source.ts'
import { makeCounters, type SpoolProcess, type SpoolStats } from './spool-stats.ts'

export type SpoolOptions = {
  /** The folder of all spools: `<data>/spool`. */
  readonly root: string
  readonly process: SpoolProcess
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
  readonly append: (record: SpanRecord, done?: () => void) => void
  readonly stats: () => SpoolStats
  /** Writes what waits, ships for at most `timeoutMs` (2 s), leaves the rest for the next process of this kind. */
  readonly stop: (timeoutMs?: number) => Promise<void>
}

const syncMs = 1_000
const adoptMs = 5_000

/**
 * Opens this process's spool folder, takes over those of dead processes of its kind, and starts shipping.
 * A record survives the death of the process from the moment `done` runs; files are flushed to the disk
 * itself once a second, so a power cut can cost the last second.
 */
export async function startSpool(options: SpoolOptions): Promise<Spool> {
  const now = options.now ?? Date.now
  const own = `${options.process}-${options.instance}`
  const folder = join(options.root, own)
  makeOwnFolder(options, folder)
  const counters = makeCounters()
  const budget: DiskBudget = { usedBytes: 0, limitBytes: options.limitBytes ?? 512 * 1024 * 1024 }
  const segments = new SegmentWriter({
    folder,
    files: options.files ?? diskFiles,
    segmentBytes: options.segmentBytes ?? 8 * 1024 * 1024,
  })
  let isUnsynced = false
  const writer = new RecordWriter({
    segments,
    budget,
    counters,
    bodyLimitBytes: options.bodyLimitBytes ?? 256 * 1024,
    onCommit: () => (isUnsynced = true),
  })
  const buffer: ReadBuffer = { bytes: Buffer.alloc(0) }
  const ownSource = new SpoolSource({ folder, budget, buffer, position: () => segments.position })
  const adopted = new Map<string, SpoolSource>()

  const adopt = async (): Promise<void> => {
    const found = adoptFolders({ root: options.root, own, process: options.process, nowMs: now() })
    for (const path of found) {
      if (adopted.has(path)) continue
      const source = new SpoolSource({ folder: path, budget, buffer })
      adopted.set(path, source)
      budget.usedBytes += source.sizeBytes()
      counters.pendingRecords += await source.countPending()
    }
  }
  const drop = async (source: SpoolSource): Promise<void> => {
    if (source.isLive) return
    await source.discard()
    adopted.delete(source.folder)
  }
  const stats = (): SpoolStats => {
    const { writeError, shipError, ...counts } = counters
    const lastError = writeError ?? shipError
    return {
      ...counts,
      spoolBytes: budget.usedBytes,
      spoolLimitBytes: budget.limitBytes,
      ...(lastError === undefined ? {} : { lastError }),
    }
  }
  const shipper = new Shipper({
    process: options.process,
    sources: () => [...adopted.values(), ownSource],
    onDrained: drop,
    send: options.send,
    counters,
    stats,
    rejectedFolder: options.root,
    random: options.random ?? Math.random,
    maxRows: options.maxRows ?? 2_000,
    maxBytes: options.maxBytes ?? 1024 * 1024,
    delayMs: options.delayMs ?? 200,
  })

  const note = (error: unknown): void => {
    counters.shipError = error instanceof Error ? error.message : String(error)
  }
  const syncTimer = setInterval(() => {
    if (!isUnsynced) return
    isUnsynced = false
    segments.sync().catch(note)
  }, syncMs).unref()
  const adoptTimer = setInterval(() => {
    try {
      touchOwner(folder, now())
    } catch (error) {
      note(error)
    }
    adopt().catch(note)
  }, adoptMs).unref()

  await adopt()
  shipper.start()
  return {
    append: (record, done) => writer.append(record, done),
    stats,
    stop: async (timeoutMs = 2_000) => {
      clearInterval(syncTimer)
      clearInterval(adoptTimer)
      writer.flush()
      await shipper.stop(timeoutMs)
      await segments.sync().catch(note)
      segments.close()
      await Promise.all([...adopted.values(), ownSource].map((source) => source.close()))
      if (counters.pendingRecords === 0 && adopted.size === 0)
        rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The folder appears under its name together with its owner, so nobody takes it for a dead one. */
function makeOwnFolder(options: SpoolOptions, folder: string): void {
  const coming = join(options.root, `.${options.process}-${options.instance}`)
  mkdirSync(coming, { recursive: true, mode: 0o700 })
  writeFileSync(ownerPath(coming), JSON.stringify(describeOwner(options.process, process.pid)))
  renameSync(coming, folder)
}
