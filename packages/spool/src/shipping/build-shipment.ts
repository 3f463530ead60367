import type { SpoolProcess, SpoolStats } from '../spool-stats.ts'

const newline = 0x0a
const comma = 0x2c

/** Bytes that are free before and after lines that were read, for what makes a shipment of them. */
export const frameBytes = 1024

export type ShipmentParts = {
  readonly token: string
  /** Whole lines, each a record; they are changed in place. */
  readonly lines: Buffer
  /** The memory around `lines` with {@link frameBytes} to spare on both sides; absent: the lines are copied. */
  readonly frame?: Buffer
  readonly process: SpoolProcess
  /** Among several of its kind. */
  readonly name?: string | undefined
  readonly stats: SpoolStats
}

/** The body of a shipment, made around the lines as they are on disk: no record is parsed or copied. */
export function buildShipment({ token, lines, frame, process, name, stats }: ShipmentParts): Buffer {
  const { spoolBytes, spoolLimitBytes, pendingRecords, droppedBodies, droppedRecords } = stats
  const spool = { process, name, spoolBytes, spoolLimitBytes, pendingRecords, droppedBodies, droppedRecords }
  const before = `{"token":${JSON.stringify(token)},"records":[`
  const after = `],"spool":${JSON.stringify(spool)}}`
  const joined = joinWithCommas(lines)
  if (frame === undefined || Math.max(Buffer.byteLength(before), Buffer.byteLength(after)) > frameBytes) {
    return Buffer.concat([Buffer.from(before), joined, Buffer.from(after)])
  }
  const from = lines.byteOffset - frame.byteOffset
  const start = from - Buffer.byteLength(before)
  frame.write(before, start)
  const end = from + joined.length + frame.write(after, from + joined.length)
  return frame.subarray(start, end)
}

function joinWithCommas(lines: Buffer): Buffer {
  const joined = lines.subarray(0, Math.max(0, lines.length - 1))
  // JSON text holds no raw line break, so each one separates two records.
  for (let at = joined.indexOf(newline); at !== -1; at = joined.indexOf(newline, at + 1)) joined[at] = comma
  return joined
}
