import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Position } from './segment-writer.ts'

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

/** The state of a folder; a fresh one when there is none. The file is replaced whole, so it is never torn. */
export function readShipState(folder: string): ShipState {
  try {
    return JSON.parse(readFileSync(join(folder, fileName), 'utf8')) as ShipState
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' && !(error instanceof SyntaxError)) throw error
    return { acknowledged: { segment: 1, offset: 0 } }
  }
}

export function writeShipState(folder: string, state: ShipState): void {
  const path = join(folder, fileName)
  writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
