import { spanRecord } from '@ratchet/contract'

/** Lines of a refused shipment, parted by whether the contract accepts them. */
export type SortedLines = { readonly valid: Buffer; readonly invalid: Buffer; readonly invalidRows: number }

/** Finds the lines that made control refuse a shipment: broken on disk, or written by another version. */
export function sortLines(lines: Buffer): SortedLines {
  const valid: string[] = []
  const invalid: string[] = []
  for (const line of lines.toString().split('\n')) {
    if (line === '') continue
    if (isRecord(line)) valid.push(line)
    else invalid.push(line)
  }
  return { valid: joinLines(valid), invalid: joinLines(invalid), invalidRows: invalid.length }
}

function isRecord(line: string): boolean {
  try {
    return spanRecord.safeParse(JSON.parse(line)).success
  } catch {
    return false
  }
}

function joinLines(lines: readonly string[]): Buffer {
  return Buffer.from(lines.length === 0 ? '' : `${lines.join('\n')}\n`)
}
