import { randomBytes } from 'node:crypto'
import { Pool } from 'pg'
import { afterAll, describe, inject } from 'vitest'
import { silentLog } from '../../packages/server/src/platform/log.ts'
import type { Migration } from '../../packages/server/src/platform/postgres/migrations.ts'
import { openPostgres, type Postgres } from '../../packages/server/src/platform/postgres/open-postgres.ts'

/** Opens an empty database of the described kind; closed and dropped after the describe block. */
export type OpenDatabase = (migrations?: readonly Migration[]) => Promise<Postgres>

/** Runs the same tests on PGlite (in memory) and on a real PostgreSQL. Call `open` in a test or in beforeAll. */
export function eachPostgres(tests: (open: OpenDatabase, kind: 'pglite' | 'postgres') => void): void {
  for (const kind of ['pglite', 'postgres'] as const) {
    describe(kind === 'pglite' ? 'on PGlite' : 'on PostgreSQL', () => {
      const cleanups: (() => Promise<void>)[] = []
      afterAll(async () => {
        for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
      })
      tests((migrations = []) => openEmpty(kind, migrations, cleanups), kind)
    })
  }
}

async function openEmpty(
  kind: 'pglite' | 'postgres',
  migrations: readonly Migration[],
  cleanups: (() => Promise<void>)[],
): Promise<Postgres> {
  const databaseUrl = kind === 'postgres' ? await createDatabase(cleanups) : undefined
  const postgres = await openPostgres({
    source: { memory: true, dumpFile: inject('pgliteDumpFile') },
    databaseUrl,
    migrations,
    log: silentLog,
  })
  cleanups.push(postgres.stop)
  return postgres
}

/** Makes an empty database on the shared test server and returns its address. */
export async function createDatabase(cleanups: (() => Promise<void>)[]): Promise<string> {
  const url = inject('postgresUrl')
  const name = `test_${randomBytes(6).toString('hex')}`
  await administer(url, `create database ${name}`)
  cleanups.push(() => administer(url, `drop database if exists ${name} with (force)`))
  return `${url}/${name}`
}

async function administer(url: string, statement: string): Promise<void> {
  const pool = new Pool({ connectionString: `${url}/postgres`, max: 1 })
  try {
    await pool.query(statement)
  } finally {
    await pool.end()
  }
}
