import { sql } from 'kysely'
import type { Db, Queries } from '../postgres/database.ts'
import type { Migration } from '../postgres/migrations.ts'
import { isUniqueViolation } from '../postgres/transaction.ts'

export type ProjectKeyRow = {
  id: string
  project_id: string
  wrapped: Uint8Array
  master_key_id: string
  created_at: Date
  /** Set when a newer key took over; kept until nothing is encrypted with it any more. */
  retired_at: Date | null
}

declare module '../postgres/database.ts' {
  interface Database {
    project_keys: ProjectKeyRow
  }
}

export const projectKeysMigration: Migration = {
  id: '0002-project-keys',
  up: async (trx) => {
    await sql`create table project_keys (
      id uuid primary key,
      project_id uuid not null,
      wrapped bytea not null,
      master_key_id text not null,
      created_at timestamptz not null,
      retired_at timestamptz
    )`.execute(trx)
    await sql`create unique index project_keys_current on project_keys (project_id) where retired_at is null`.execute(
      trx,
    )
  },
}

/** The key that new secrets of the project are encrypted with. */
export function currentKey(db: Queries, project: string): Promise<ProjectKeyRow | undefined> {
  return db
    .selectFrom('project_keys')
    .selectAll()
    .where('project_id', '=', project)
    .where('retired_at', 'is', null)
    .executeTakeFirst()
}

/** One key of the project by id, current or retired. */
export function keyById(db: Queries, project: string, id: string): Promise<ProjectKeyRow | undefined> {
  return db
    .selectFrom('project_keys')
    .selectAll()
    .where('project_id', '=', project)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** Adds a first key; when another process was faster, returns that one. */
export async function addFirstKey(db: Db, row: ProjectKeyRow): Promise<ProjectKeyRow> {
  try {
    await db.insertInto('project_keys').values(row).execute()
    return row
  } catch (error) {
    const existing = isUniqueViolation(error) ? await currentKey(db, row.project_id) : undefined
    if (!existing) throw error
    return existing
  }
}
