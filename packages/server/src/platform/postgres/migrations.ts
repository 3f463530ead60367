import { AppError } from '@ratchet/contract'
import { sql, type Kysely } from 'kysely'
import type { Log } from '../log.ts'
import type { Database, Trx } from './database.ts'

/**
 * One forward step. The id is a number and a topic (`0001-access-keys`): it orders all steps of all features,
 * and never changes once released. There is no way back: a mistake is repaired by a later step.
 */
export type Migration = { readonly id: string; readonly up: (trx: Trx) => Promise<void> }

declare module './database.ts' {
  interface Database {
    migrations: { id: string; applied_at: Date }
  }
}

/** Any constant: it only has to differ from the locks of others in the same database. */
const advisoryLockKey = 7_228_247_001

/**
 * Brings the database up to date; concurrent starts wait for each other.
 * Each step commits with its own record, so a killed start continues where it was.
 */
export async function runMigrations(
  db: Kysely<Database>,
  migrations: readonly Migration[],
  log: Log,
): Promise<void> {
  const steps = [...migrations].sort((a, b) => (a.id < b.id ? -1 : 1))
  checkIds(steps)
  await db.connection().execute(async (connection) => {
    await sql`set statement_timeout = 0`.execute(connection)
    await sql`select pg_advisory_lock(${sql.lit(advisoryLockKey)})`.execute(connection)
    try {
      await applyMissing(connection, steps, log)
    } finally {
      await sql`select pg_advisory_unlock(${sql.lit(advisoryLockKey)})`.execute(connection)
      await sql`reset statement_timeout`.execute(connection)
    }
  })
}

async function applyMissing(db: Kysely<Database>, steps: readonly Migration[], log: Log): Promise<void> {
  await db.schema
    .createTable('migrations')
    .ifNotExists()
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('applied_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .execute()
  const applied = new Set((await db.selectFrom('migrations').select('id').execute()).map((row) => row.id))
  const known = new Set(steps.map((step) => step.id))
  const unknown = [...applied].filter((id) => !known.has(id)).sort()
  if (unknown.length > 0) throw newerDatabase(unknown)
  for (const step of steps) {
    if (applied.has(step.id)) continue
    await db.transaction().execute(async (trx) => {
      await step.up(trx)
      await sql`insert into migrations (id) values (${step.id})`.execute(trx)
    })
    log.debug({ migration: step.id }, 'Migrated the database')
  }
}

function newerDatabase(unknown: readonly string[]): AppError {
  return new AppError('version_newer', {
    message: `The database was migrated by a newer Ratchet: it has "${unknown.join('", "')}", which this one does not know. Start the newer version, or restore a backup from before the upgrade.`,
    details: { unknown },
  })
}

function checkIds(steps: readonly Migration[]): void {
  steps.forEach((step, index) => {
    if (!/^\d{4}-[a-z0-9]+(-[a-z0-9]+)*$/.test(step.id)) {
      throw new Error(`Migration id "${step.id}" must look like "0001-access-keys".`)
    }
    if (steps[index - 1]?.id === step.id) throw new Error(`Migration "${step.id}" is registered twice.`)
  })
}
