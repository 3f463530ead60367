import type { SpoolProcess, SpoolStats } from './spool-stats.ts'

const newline = 0x0a
const comma = 0x2c

export type ShipmentParts = {
  readonly token: string
  /** Whole lines, each a record; their line breaks are replaced in place. */
  readonly lines: Buffer
  readonly process: SpoolProcess
  readonly stats: SpoolStats
}

/**
 * The body of a shipment in pieces to be sent one after the other, made from the lines as they are on disk: no
 * record is parsed or copied.
 */
export function buildShipment({ token, lines, process, stats }: ShipmentParts): readonly Buffer[] {
  const { spoolBytes, spoolLimitBytes, pendingRecords, droppedBodies, droppedRecords } = stats
  const spool = { process, spoolBytes, spoolLimitBytes, pendingRecords, droppedBodies, droppedRecords }
  return [
    Buffer.from(`{"token":${JSON.stringify(token)},"records":[`),
    joinWithCommas(lines),
    Buffer.from(`],"spool":${JSON.stringify(spool)}}`),
  ]
}

function joinWithCommas(lines: Buffer): Buffer {
  const joined = lines.subarray(0, Math.max(0, lines.length - 1))
  // JSON text holds no raw line break, so each one separates two records.
  for (let at = joined.indexOf(newline); at !== -1; at = joined.indexOf(newline, at + 1)) joined[at] = comma
  return joined
}
