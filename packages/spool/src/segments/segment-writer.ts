import { join } from 'node:path'
import type { SegmentFiles } from './segment-files.ts'
import { segmentName } from './segment-name.ts'

type WriterParts = {
  readonly folder: string
  readonly files: SegmentFiles
  readonly segmentBytes: number
}

/** A place in a spool folder: everything before it is whole lines. */
export type Position = { readonly segment: number; readonly offset: number }

/**
 * Appends whole lines to segment files and starts a new one at `segmentBytes`. A write that fails half way is
 * undone, so no line is ever torn in the middle of a segment that goes on.
 */
export class SegmentWriter {
  readonly #parts: WriterParts
  #segment = 0
  #offset = 0
  #file: number | undefined

  constructor(parts: WriterParts) {
    this.#parts = parts
  }

  /** End of what is written. */
  get position(): Position {
    return { segment: this.#segment, offset: this.#offset }
  }

  /** Throws the system's error (ENOSPC and the like) with nothing of `lines` left behind. */
  append(lines: Buffer): void {
    const file = this.#openFile(lines.length)
    let written = 0
    try {
      while (written < lines.length) {
        const count = this.#parts.files.write(file, written === 0 ? lines : lines.subarray(written), 0)
        if (count === 0) throw new Error('the disk accepted no bytes')
        written += count
      }
    } catch (error) {
      this.#undo(file)
      throw error
    }
    this.#offset += lines.length
  }

  /** Asks the disk to keep what is written, for the case of a power cut. */
  async sync(): Promise<void> {
    if (this.#file !== undefined) await this.#parts.files.sync(this.#file)
  }

  close(): void {
    if (this.#file !== undefined) this.#parts.files.close(this.#file)
    this.#file = undefined
  }

  #openFile(comingBytes: number): number {
    const isFull = this.#offset > 0 && this.#offset + comingBytes > this.#parts.segmentBytes
    if (this.#file !== undefined && !isFull) return this.#file
    const next = this.#segment + 1
    const file = this.#parts.files.create(join(this.#parts.folder, segmentName(next)))
    this.close()
    this.#file = file
    this.#segment = next
    this.#offset = 0
    return file
  }

  #undo(file: number): void {
    try {
      this.#parts.files.truncate(file, this.#offset)
    } catch {
      // The torn end stays; going on in a new segment keeps later lines whole, and readers drop a torn last line.
      this.close()
    }
  }
}
