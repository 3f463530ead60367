import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Position } from '../segments/segment-writer.ts'

/** The lines of one shipment. */
export type ShipRange = { readonly segment: number; readonly from: number; readonly to: number }

/** What a shipper must remember over its own death; in the file `shipped.json`. */
export type ShipState = {
  /** Everything before this place is acknowledged. */
  readonly acknowledged: Position
  /** Sent, maybe arrived: is sent again with the same rows and so the same token. */
  readonly inFlight?: ShipRange
}

const fileName = 'shipped.json'
/** Longer than any state, so that every write covers the one before. */
const stateBytes = 256

/**
 * The state file of one folder. It is overwritten in place by one small write, which the death of the process
 * cannot tear and which needs no room on a full disk; a rename for each shipment would wait for the disk.
 */
export class ShipStateFile {
  readonly #path: string
  #file: number | undefined

  constructor(folder: string) {
    this.#path = join(folder, fileName)
  }

  /** A fresh state when there is none, or when a power cut left an unreadable one: rows may then come twice, never be lost. */
  read(): ShipState {
    try {
      return JSON.parse(readFileSync(this.#path, 'utf8')) as ShipState
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' && !(error instanceof SyntaxError)) throw error
      return { acknowledged: { segment: 1, offset: 0 } }
    }
  }

  write(state: ShipState): void {
    // Never truncated: between that and the write a kill would forget everything.
    this.#file ??= openSync(this.#path, constants.O_RDWR | constants.O_CREAT, 0o600)
    writeSync(this.#file, JSON.stringify(state).padEnd(stateBytes), 0)
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }
}
