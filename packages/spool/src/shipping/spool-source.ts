import { rmSync, statSync, unlinkSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { DiskBudget } from '../segments/disk-budget.ts'
import { countLines, readLines, type ReadBuffer, type ReadLimits } from '../segments/read-lines.ts'
import { listSegments, segmentName } from '../segments/segment-name.ts'
import type { Position } from '../segments/segment-writer.ts'
import { ShipStateFile, type ShipRange, type ShipState } from './ship-state.ts'

type SourceParts = {
  readonly folder: string
  readonly budget: DiskBudget
  /** Shared by all sources: they are read one after the other. */
  readonly buffer: ReadBuffer
  /** End of what is written; absent for a folder nobody writes to any more. */
  readonly position?: () => Position
}

/** A range that is due, with its rows. The token depends on the range only. */
export type PlannedShipment = {
  readonly range: ShipRange
  readonly token: string
  readonly lines: Buffer
  /** The memory that `lines` are in. */
  readonly frame: Buffer
  readonly rows: number
}

/** One spool folder as the shipper sees it: what is next, what is acknowledged. */
export class SpoolSource {
  readonly #parts: SourceParts
  readonly #name: string
  readonly #stateFile: ShipStateFile
  #state: ShipState
  /** The segment that is being shipped stays open from shipment to shipment. */
  #reading: { readonly segment: number; readonly file: FileHandle } | undefined

  constructor(parts: SourceParts) {
    this.#parts = parts
    this.#name = basename(parts.folder)
    this.#stateFile = new ShipStateFile(parts.folder)
    this.#state = this.#stateFile.read()
    // Takes its room on the disk now, while there is some.
    this.#save(this.#state)
  }

  get isLive(): boolean {
    return this.#parts.position !== undefined
  }

  get folder(): string {
    return this.#parts.folder
  }

  /**
   * The next range, or undefined when everything is acknowledged. A range that was in flight comes again as it
   * was. Its bytes are valid until the next call.
   */
  async plan(limits: Pick<ReadLimits, 'maxBytes' | 'maxRows'>): Promise<PlannedShipment | undefined> {
    const { inFlight } = this.#state
    if (inFlight !== undefined) return this.#readWhole(inFlight)
    for (const segment of this.#openSegments()) {
      const from = segment === this.#state.acknowledged.segment ? this.#state.acknowledged.offset : 0
      const endOffset = this.#committedEnd(segment)
      const planned = await this.#read(segment, from, {
        ...limits,
        ...(endOffset === undefined ? {} : { endOffset }),
      })
      if (planned.rows > 0) return planned
      if (!this.#isCurrent(segment)) this.#remove(segment)
    }
    return undefined
  }

  /** Remembers the range before it is sent, so that a killed shipper's successor sends the same rows. */
  markSending(range: ShipRange): void {
    this.#save({ ...this.#state, inFlight: range })
  }

  /** Forgets a range that control certainly did not take, so that it can be cut differently. */
  markRefused(): void {
    this.#save({ acknowledged: this.#state.acknowledged })
  }

  markAcknowledged(range: ShipRange): void {
    this.#save({ acknowledged: { segment: range.segment, offset: range.to } })
    for (const segment of listSegments(this.#parts.folder)) {
      if (segment < range.segment) this.#remove(segment)
    }
  }

  /** Rows not acknowledged; reads the files. */
  async countPending(): Promise<number> {
    let rows = 0
    for (const segment of this.#openSegments()) {
      const from = segment === this.#state.acknowledged.segment ? this.#state.acknowledged.offset : 0
      rows += await countLines(join(this.#parts.folder, segmentName(segment)), from)
    }
    return rows
  }

  /** Bytes of all segments. */
  sizeBytes(): number {
    return listSegments(this.#parts.folder).reduce((sum, segment) => sum + this.#sizeOf(segment), 0)
  }

  async close(): Promise<void> {
    this.#stateFile.close()
    await this.#reading?.file.close()
    this.#reading = undefined
  }

  /** Deletes the folder, once all is acknowledged and nobody writes. */
  async discard(): Promise<void> {
    await this.close()
    for (const segment of listSegments(this.#parts.folder)) this.#remove(segment)
    rmSync(this.#parts.folder, { recursive: true, force: true })
  }

  async #open(segment: number): Promise<FileHandle> {
    if (this.#reading?.segment === segment) return this.#reading.file
    await this.#reading?.file.close()
    this.#reading = undefined
    const file = await open(join(this.#parts.folder, segmentName(segment)), 'r')
    this.#reading = { segment, file }
    return file
  }

  #readWhole({ segment, from, to }: ShipRange): Promise<PlannedShipment> {
    return this.#read(segment, from, { endOffset: to, maxBytes: to - from, maxRows: Number.MAX_SAFE_INTEGER })
  }

  async #read(segment: number, from: number, limits: Omit<ReadLimits, 'buffer'>): Promise<PlannedShipment> {
    const { buffer } = this.#parts
    const file = await this.#open(segment)
    const { bytes, frame, rows, end } = await readLines(file, from, { ...limits, buffer })
    const range = { segment, from, to: end }
    return { range, token: `${this.#name}:${segment}:${from}-${end}`, lines: bytes, frame, rows }
  }

  #openSegments(): number[] {
    return listSegments(this.#parts.folder).filter((segment) => segment >= this.#state.acknowledged.segment)
  }

  #isCurrent(segment: number): boolean {
    return this.#parts.position?.().segment === segment
  }

  #committedEnd(segment: number): number | undefined {
    const position = this.#parts.position?.()
    return position?.segment === segment ? position.offset : undefined
  }

  #save(state: ShipState): void {
    this.#state = state
    try {
      this.#stateFile.write(state)
    } catch (error) {
      // Shipping is what frees a full disk, so it goes on; only a kill before the next save could then send rows twice.
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }

  #remove(segment: number): void {
    const sizeBytes = this.#sizeOf(segment)
    unlinkSync(join(this.#parts.folder, segmentName(segment)))
    this.#parts.budget.usedBytes = Math.max(0, this.#parts.budget.usedBytes - sizeBytes)
  }

  #sizeOf(segment: number): number {
    return statSync(join(this.#parts.folder, segmentName(segment))).size
  }
}
