import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/** Who is in charge: read by control, which replaces us, and by people. Replaced whole. */
export function writeRecord(path: string, record: object): void {
  writeFileSync(`${path}.new`, JSON.stringify(record))
  renameSync(`${path}.new`, path)
}

/** Takes our record away; a successor may have written its own record by now. */
export function removeRecord(path: string, instance: string): void {
  try {
    const record: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const isOurs =
      typeof record === 'object' && record !== null && 'instance' in record && record.instance === instance
    if (isOurs) rmSync(path, { force: true })
  } catch {
    // Removed from outside: nothing to do.
  }
}
