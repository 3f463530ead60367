import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { SpanDraft } from './records/span-record.ts'
import { adoptFolders } from './segments/adopt-folders.ts'
import type { DiskBudget } from './segments/disk-budget.ts'
import { LoopLoad } from './shipping/loop-load.ts'
import type { ReadBuffer } from './segments/read-lines.ts'
import { RecordWriter } from './records/record-writer.ts'
import { diskFiles } from './segments/segment-files.ts'
import { SegmentWriter } from './segments/segment-writer.ts'
import { Shipper } from './shipping/shipper.ts'
import { touchOwner } from './segments/spool-owner.ts'
import { SpoolSource } from './shipping/spool-source.ts'
import { makeCounters, type SpoolStats } from './spool-stats.ts'
import type { SpoolOptions } from './start-spool.ts'

const mib = 1024 * 1024
const syncMs = 1_000
const adoptMs = 5_000

/** The parts of a spool at work: one writer, one shipper, and the folders both are responsible for. */
export class RunningSpool {
  readonly #options: SpoolOptions
  readonly #own: string
  readonly #folder: string
  readonly #counters = makeCounters()
  readonly #budget: DiskBudget
  readonly #buffer: ReadBuffer = { bytes: Buffer.alloc(0) }
  readonly #segments: SegmentWriter
  readonly #writer: RecordWriter
  readonly #shipper: Shipper
  readonly #ownSource: SpoolSource
  readonly #adopted = new Map<string, SpoolSource>()
  readonly #load = new LoopLoad()
  readonly #timers: NodeJS.Timeout[] = []
  #isUnsynced = false

  constructor(options: SpoolOptions) {
    this.#options = options
    this.#own = `${options.process}-${options.instance}`
    this.#folder = join(options.root, this.#own)
    this.#budget = { usedBytes: 0, limitBytes: options.limitBytes ?? 512 * mib }
    this.#segments = new SegmentWriter({
      folder: this.#folder,
      files: options.files ?? diskFiles,
      segmentBytes: options.segmentBytes ?? 8 * mib,
    })
    this.#writer = new RecordWriter({
      segments: this.#segments,
      budget: this.#budget,
      counters: this.#counters,
      bodyLimitBytes: options.bodyLimitBytes ?? mib / 4,
      turns: () => this.#load.turns,
      onCommit: () => (this.#isUnsynced = true),
      onListenerError: options.onListenerError ?? ((error) => this.#note(error)),
    })
    const position = () => this.#segments.position
    this.#ownSource = this.#makeSource(this.#folder, position)
    this.#shipper = new Shipper({
      process: options.process,
      name: options.name,
      sources: () => [...this.#adopted.values(), this.#ownSource],
      onDrained: (source) => this.#drop(source),
      send: options.send,
      counters: this.#counters,
      stats: () => this.stats(),
      rejectedFolder: options.root,
      random: options.random ?? Math.random,
      maxRows: options.maxRows ?? 2_000,
      maxBytes: options.maxBytes ?? mib,
      delayMs: options.delayMs ?? 200,
    })
  }

  async start(): Promise<void> {
    await this.#adopt()
    this.#shipper.start()
    this.#load.start()
    this.#timers.push(
      setInterval(() => this.#sync(), syncMs).unref(),
      setInterval(() => this.#lookAround(), adoptMs).unref(),
    )
  }

  append(record: SpanDraft, done?: () => void): void {
    this.#writer.append(record, done)
  }

  stats(): SpoolStats {
    const { writeError, shipError, ...counts } = this.#counters
    const lastError = writeError ?? shipError
    return {
      ...counts,
      spoolBytes: this.#budget.usedBytes,
      spoolLimitBytes: this.#budget.limitBytes,
      ...(lastError === undefined ? {} : { lastError }),
    }
  }

  async stop(timeoutMs: number): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    this.#load.stop()
    this.#writer.flush()
    await this.#shipper.stop(timeoutMs)
    await this.#segments.sync().catch((error: unknown) => this.#note(error))
    this.#segments.close()
    await Promise.all([...this.#adopted.values(), this.#ownSource].map((source) => source.close()))
    const isEmpty = this.#counters.pendingRecords === 0 && this.#adopted.size === 0
    if (isEmpty) rmSync(this.#folder, { recursive: true, force: true })
  }

  async #adopt(): Promise<void> {
    const { root, process, now = Date.now } = this.#options
    for (const path of adoptFolders({ root, own: this.#own, process, nowMs: now() })) {
      if (this.#adopted.has(path)) continue
      const source = this.#makeSource(path)
      this.#adopted.set(path, source)
      this.#budget.usedBytes += source.sizeBytes()
      this.#counters.pendingRecords += await source.countPending()
    }
  }

  #makeSource(folder: string, position?: () => SegmentWriter['position']): SpoolSource {
    const parts = { folder, budget: this.#budget, buffer: this.#buffer }
    return new SpoolSource(position === undefined ? parts : { ...parts, position })
  }

  async #drop(source: SpoolSource): Promise<void> {
    if (source.isLive) return
    await source.discard()
    this.#adopted.delete(source.folder)
  }

  #sync(): void {
    if (!this.#isUnsynced) return
    this.#isUnsynced = false
    this.#segments.sync().catch((error: unknown) => this.#note(error))
  }

  /** Tells others that we live, and looks for those that do not. */
  #lookAround(): void {
    try {
      touchOwner(this.#folder, (this.#options.now ?? Date.now)())
    } catch (error) {
      this.#note(error)
    }
    this.#adopt().catch((error: unknown) => this.#note(error))
  }

  #note(error: unknown): void {
    this.#counters.shipError = error instanceof Error ? error.message : String(error)
  }
}
