import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const runnerRecord = z.object({
  pid: z.number().int(),
  instance: z.string(),
  socket: z.string(),
  startedAt: z.string(),
})
/** `run/runner.json`: which runner is in charge, and where it listens. */
export type RunnerRecord = z.output<typeof runnerRecord>

/** Names this runner as the one in charge, in one step. */
export function writeRunnerRecord(runFolder: string, record: RunnerRecord): void {
  const path = join(runFolder, 'runner.json')
  const coming = `${path}.${record.instance}`
  writeFileSync(coming, `${JSON.stringify(record)}\n`, { mode: 0o600 })
  renameSync(coming, path)
}

/** Removes the record when it still names this instance: another may have taken over. */
export function removeRunnerRecord(runFolder: string, instance: string): void {
  const path = join(runFolder, 'runner.json')
  try {
    const record = runnerRecord.parse(JSON.parse(readFileSync(path, 'utf8')))
    if (record.instance === instance) rmSync(path, { force: true })
  } catch {
    // Gone, or being replaced by the next runner: not ours to remove.
  }
}
