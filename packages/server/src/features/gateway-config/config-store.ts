import { gatewayConfig, type GatewayConfig, type Page, type PageQuery } from '@ratchet/contract'
import { sql, type Selectable } from 'kysely'
import type { Database, Queries, Trx } from '#platform/postgres/database.ts'
import { keysetPage } from '#platform/postgres/keyset-page.ts'
import { jsonb } from '#platform/postgres/transaction.ts'

/** A version without its configuration, for lists. */
export type VersionRow = {
  readonly version: number
  readonly note: string
  readonly author: string
  readonly at: Date
  readonly changes: number
  /** That it was applied from; empty when it was changed another way. */
  readonly file: string
}

export type StoredVersion = VersionRow & { readonly project: string; readonly config: GatewayConfig }

/** Waits until nobody else changes the configuration of this project; the lock ends with the transaction. */
export async function lockConfig(trx: Trx, project: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`gateway config ${project}`}, 0))`.execute(trx)
}

export async function appendVersion(trx: Trx, stored: StoredVersion): Promise<void> {
  await trx
    .insertInto('gateway_configs')
    .values({
      project_id: stored.project,
      version: stored.version,
      config: jsonb(stored.config),
      note: stored.note,
      author: stored.author,
      created_at: stored.at,
      change_count: stored.changes,
      file: stored.file,
    })
    .execute()
}

/** A version, or without a number the newest. */
export async function findVersion(
  queries: Queries,
  project: string,
  version?: number,
): Promise<StoredVersion | undefined> {
  let query = queries.selectFrom('gateway_configs').selectAll().where('project_id', '=', project)
  if (version !== undefined) query = query.where('version', '=', version)
  const row = await query.orderBy('version', 'desc').limit(1).executeTakeFirst()
  return row && versionOf(row)
}

/** The newest version that was applied from a file. */
export async function findApplied(queries: Queries, project: string): Promise<StoredVersion | undefined> {
  const row = await queries
    .selectFrom('gateway_configs')
    .selectAll()
    .where('project_id', '=', project)
    .where('file', '!=', '')
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && versionOf(row)
}

/** The newest version of every project that has one. */
export async function listNewest(queries: Queries): Promise<StoredVersion[]> {
  const rows = await queries
    .selectFrom('gateway_configs')
    .selectAll()
    .distinctOn('project_id')
    .orderBy('project_id')
    .orderBy('version', 'desc')
    .execute()
  return rows.map(versionOf)
}

/** Versions of a project, newest first. */
export async function listVersionPage(
  queries: Queries,
  project: string,
  page: PageQuery,
): Promise<Page<VersionRow>> {
  const query = queries
    .selectFrom('gateway_configs')
    .select(['version', 'note', 'author', 'created_at', 'change_count', 'file'])
    .where('project_id', '=', project)
  const rows = await keysetPage(query, {
    by: [{ column: 'version', type: 'int4' }],
    direction: 'desc',
    ...page,
  })
  return { ...rows, items: rows.items.map(headOf) }
}

function headOf(row: Omit<Selectable<Database['gateway_configs']>, 'project_id' | 'config'>): VersionRow {
  const { version, note, author, created_at: at, change_count: changes, file } = row
  return { version, note, author, at, changes, file }
}

function versionOf(row: Selectable<Database['gateway_configs']>): StoredVersion {
  return { ...headOf(row), project: row.project_id, config: gatewayConfig.parse(row.config) }
}
