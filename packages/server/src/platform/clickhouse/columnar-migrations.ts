import { AppError } from '@ratchet/contract'
import type { Log } from '../log.ts'

/**
 * One forward step: statements that must be harmless when run twice (`IF NOT EXISTS`),
 * because the engine has no transactions and a killed start repeats the step.
 */
export type ColumnarMigration = { readonly id: string; readonly statements: readonly string[] }

/** Brings the columnar tables up to date; a table of a newer Ratchet is refused (`version_newer`). */
export async function runColumnarMigrations(parts: {
  migrations: readonly ColumnarMigration[]
  command: (sql: string) => Promise<void>
  read: (sql: string) => Promise<readonly Record<string, unknown>[]>
  record: (id: string) => Promise<void>
  log: Log
}): Promise<void> {
  const { command, log } = parts
  const steps = [...parts.migrations].sort((a, b) => (a.id < b.id ? -1 : 1))
  await command(
    'CREATE TABLE IF NOT EXISTS schema_migrations (id String, applied_at DateTime DEFAULT now()) ENGINE = MergeTree ORDER BY id',
  )
  const applied = new Set(
    (await parts.read('SELECT DISTINCT id FROM schema_migrations')).map((row) => String(row['id'])),
  )
  const known = new Set(steps.map((step) => step.id))
  const unknown = [...applied].filter((id) => !known.has(id)).sort()
  if (unknown.length > 0) {
    throw new AppError('version_newer', {
      message: `The columnar tables were migrated by a newer Ratchet: they have "${unknown.join('", "')}", which this one does not know. Start the newer version, or restore a backup from before the upgrade.`,
      details: { unknown },
    })
  }
  for (const step of steps) {
    if (applied.has(step.id)) continue
    for (const statement of step.statements) await command(statement)
    await parts.record(step.id)
    log.debug({ migration: step.id }, 'Migrated the columnar tables')
  }
}
