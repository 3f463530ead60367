import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseKey } from '@ratchet/contract'

/** What `ratchet` commands read to find the server of a data folder. */
export type ControlRecord = {
  readonly pid: number
  readonly url: string
  readonly gatewayUrl: string
  readonly internalSocket: string
  readonly version: string
  readonly startedAt: string
}

/** Writes `run/control.json` in one step, so that a reader never sees half of it. */
export function writeControlRecord(runFolder: string, record: ControlRecord): void {
  const path = join(runFolder, 'control.json')
  writeFileSync(`${path}.new`, `${JSON.stringify(record)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** Removes the record when we stop; a killed process leaves it, and its pid says that it is stale. */
export function removeControlRecord(runFolder: string): void {
  rmSync(join(runFolder, 'control.json'), { force: true })
}

/** The key of the local CLI, made once and readable by the folder's owner only. */
export function loadCliKey(runFolder: string): string {
  const path = join(runFolder, 'cli.key')
  if (existsSync(path)) {
    const text = readFileSync(path, 'utf8').trim()
    if (parseKey(text)) return text
  }
  const key = `rk_cli${randomBytes(6).toString('hex')}_${randomBytes(24).toString('hex')}`
  writeFileSync(path, `${key}\n`, { mode: 0o600 })
  return key
}
