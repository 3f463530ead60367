import { Kysely, sql, type Dialect } from 'kysely'
import type { Log } from '../log.ts'
import { withoutPassword } from '../without-password.ts'
import type { Database, Db } from './database.ts'
import { runMigrations, type Migration } from './migrations.ts'
import { startPglite, type EmbeddedPostgres, type PgliteSource } from './pglite-engine.ts'
import { connectServer } from './server-engine.ts'

/** The relational engine, ready and migrated. Features use `db` and never ask for the rest. */
export type Postgres = {
  readonly db: Db
  readonly version: string
  /** Address without password, or the folder; for `doctor` and the status page. */
  readonly address: string
  readonly stop: () => Promise<void>
} & (
  | { readonly kind: 'pglite'; readonly embedded: EmbeddedPostgres }
  | { readonly kind: 'postgres'; readonly databaseUrl: string }
)

/** Opens PGlite in `source`, or a PostgreSQL server when `databaseUrl` is given, and brings its tables up to date. */
export async function openPostgres(options: {
  source: PgliteSource
  databaseUrl?: string | undefined
  migrations: readonly Migration[]
  maxConnections?: number
  log: Log
}): Promise<Postgres> {
  const { databaseUrl, log } = options
  if (databaseUrl === undefined || databaseUrl === '') {
    const engine = await startPglite(options.source)
    const address = 'folder' in options.source ? options.source.folder : 'memory'
    const ready = await prepare(engine, options.migrations, log)
    return { ...ready, kind: 'pglite', embedded: engine.embedded, address }
  }
  const engine = await connectServer({ databaseUrl, maxConnections: options.maxConnections ?? 10, log })
  const ready = await prepare(engine, options.migrations, log)
  return { ...ready, kind: 'postgres', databaseUrl, address: withoutPassword(databaseUrl) }
}

async function prepare(
  engine: { dialect: Dialect; stop: () => Promise<void> },
  migrations: readonly Migration[],
  log: Log,
): Promise<{ db: Db; version: string; stop: () => Promise<void> }> {
  const db = new Kysely<Database>({ dialect: engine.dialect })
  try {
    await runMigrations(db, migrations, log)
    const result = await sql<{ version: string }>`show server_version`.execute(db)
    const version = Object.values(result.rows[0] ?? {})[0] ?? 'unknown'
    return { db, version, stop: engine.stop }
  } catch (error) {
    await engine.stop()
    throw error
  }
}
