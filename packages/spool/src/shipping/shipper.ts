import { appendFileSync, existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { buildShipment } from './build-shipment.ts'
import type { SendResult, SendShipment } from './send-shipment.ts'
import { sortLines } from '../segments/sort-lines.ts'
import type { PlannedShipment, SpoolSource } from './spool-source.ts'
import type { SpoolCounters, SpoolProcess, SpoolStats } from '../spool-stats.ts'

export type ShipperParts = {
  readonly process: SpoolProcess
  readonly name?: string | undefined
  /** Folders to ship, those of dead processes first. */
  readonly sources: () => readonly SpoolSource[]
  readonly onDrained: (source: SpoolSource) => Promise<void>
  readonly send: SendShipment
  readonly counters: SpoolCounters
  readonly stats: () => SpoolStats
  readonly rejectedFolder: string
  /** Numbers from 0 to 1, for jitter. */
  readonly random: () => number
  readonly maxRows: number
  readonly maxBytes: number
  /** How long records gather before they are sent. */
  readonly delayMs: number
}

/** `more`: a full batch went out, so the next is waiting already. */
type Outcome = 'more' | 'caught-up' | 'empty' | 'failed'

const firstBackoffMs = 250
const longestBackoffMs = 15_000
const asideLimitBytes = 16 * 1024 * 1024

/**
 * Sends what is in the spool to control, one shipment at a time, until stopped. A shipment is repeated with
 * the same token until control says that its rows are durable; pauses between tries grow, with jitter.
 */
export class Shipper {
  readonly #parts: ShipperParts
  readonly #stop = new AbortController()
  #maxBytes: number
  #failures = 0
  #isDraining = false
  #wake: (() => void) | undefined
  #running: Promise<void> | undefined

  constructor(parts: ShipperParts) {
    this.#parts = parts
    this.#maxBytes = parts.maxBytes
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Ships what is left for at most `timeoutMs`, then gives up; what was not sent stays on disk. */
  async stop(timeoutMs: number): Promise<void> {
    this.#isDraining = true
    const timer = setTimeout(() => this.#abort(), timeoutMs)
    this.#wake?.()
    await this.#running
    clearTimeout(timer)
  }

  #abort(): void {
    this.#stop.abort()
    this.#wake?.()
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const result = await this.#shipNext()
      if (result === 'empty' && this.#isDraining) return
      if (result === 'failed') await this.#pause(this.#backoffMs())
      // Sending each record as it comes would cost more than the records; let some gather.
      else if (result !== 'more' && !this.#isDraining) await this.#pause(this.#parts.delayMs)
    }
  }

  async #shipNext(): Promise<Outcome> {
    const { counters } = this.#parts
    try {
      for (const source of this.#parts.sources()) {
        const planned = await source.plan({ maxBytes: this.#maxBytes, maxRows: this.#parts.maxRows })
        if (planned === undefined) await this.#parts.onDrained(source)
        else return await this.#ship(source, planned)
      }
      return 'empty'
    } catch (error) {
      this.#failures += 1
      counters.shipError = error instanceof Error ? error.message : String(error)
      return 'failed'
    }
  }

  async #ship(source: SpoolSource, planned: PlannedShipment): Promise<Outcome> {
    source.markSending(planned.range)
    const result = await this.#send(planned.token, planned.lines, planned.frame)
    if (result.kind === 'stored') return this.#acknowledge(source, planned, planned.rows)
    this.#parts.counters.shipError = result.message
    if (result.kind === 'refused') return this.#shipValid(source, planned)
    if (result.kind === 'too-large') return this.#shrink(source, planned)
    this.#failures += 1
    return 'failed'
  }

  /** A few broken lines must not hold up the rest; they are kept aside, counted, and never sent again. */
  async #shipValid(source: SpoolSource, planned: PlannedShipment): Promise<Outcome> {
    // The lines were turned into a body in place; the range in flight is read again.
    const again = await source.plan({ maxBytes: this.#maxBytes, maxRows: this.#parts.maxRows })
    const lines = Buffer.from(again?.lines ?? planned.lines)
    const { valid, invalid, invalidRows } = sortLines(lines)
    // With nothing invalid control knows better than we do; the whole range goes aside.
    const rest = invalidRows === 0 ? Buffer.alloc(0) : valid
    if (rest.length > 0) {
      const result = await this.#send(`${planned.token}:valid`, rest)
      if (result.kind !== 'stored') {
        this.#failures += 1
        return 'failed'
      }
    }
    const aside = invalidRows === 0 ? lines : invalid
    keepAside(join(this.#parts.rejectedFolder, 'rejected.ndjson'), aside)
    const rejectedRows = invalidRows === 0 ? planned.rows : invalidRows
    this.#parts.counters.rejectedRecords += rejectedRows
    return this.#acknowledge(source, planned, planned.rows - rejectedRows)
  }

  #shrink(source: SpoolSource, planned: PlannedShipment): Promise<Outcome> | Outcome {
    if (planned.rows <= 1) return this.#shipValid(source, planned)
    this.#maxBytes = Math.max(1024, Math.floor(planned.lines.length / 2))
    source.markRefused()
    return 'more'
  }

  #acknowledge(source: SpoolSource, planned: PlannedShipment, storedRows: number): Outcome {
    source.markAcknowledged(planned.range)
    const { counters } = this.#parts
    counters.shippedRecords += storedRows
    counters.pendingRecords = Math.max(0, counters.pendingRecords - planned.rows)
    if (storedRows === planned.rows) counters.shipError = undefined
    this.#failures = 0
    const isFull = planned.rows >= this.#parts.maxRows || planned.lines.length * 2 >= this.#maxBytes
    return isFull || !source.isLive ? 'more' : 'caught-up'
  }

  #send(token: string, lines: Buffer, frame?: Buffer): Promise<SendResult> {
    const { process, name, stats } = this.#parts
    return this.#parts.send(
      buildShipment({
        token,
        lines,
        process,
        name,
        stats: stats(),
        ...(frame === undefined ? {} : { frame }),
      }),
      this.#stop.signal,
    )
  }

  #backoffMs(): number {
    const fullMs = Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.min(this.#failures - 1, 10))
    return fullMs * (0.5 + this.#parts.random() / 2)
  }

  #pause(durationMs: number): Promise<void> {
    if (this.#stop.signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
      const timer = setTimeout(finish, durationMs)
      this.#wake = finish
    })
  }
}

function keepAside(path: string, lines: Buffer): void {
  const sizeBytes = existsSync(path) ? statSync(path).size : 0
  if (sizeBytes + lines.length <= asideLimitBytes) appendFileSync(path, lines, { mode: 0o600 })
}
