import { permission, uuid, type listKeys, type Page, type Permission } from '@ratchet/contract'
import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { Database, Queries } from '#platform/postgres/database.ts'
import { keysetPage } from '#platform/postgres/keyset-page.ts'
import { jsonb } from '#platform/postgres/transaction.ts'

/** A page of keys, of all or of those that a search finds. */
export type KeyQuery = z.output<(typeof listKeys)['query']>

/** An API key as stored: everything but its secret. */
export type StoredKey = {
  readonly id: string
  readonly project: string
  readonly publicId: string
  readonly secretHash: string
  readonly name: string
  readonly environment: string
  readonly scopes: readonly Permission[]
  readonly createdBy: string
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
  readonly revokedAt: Date | null
}

export async function insertKey(queries: Queries, key: StoredKey): Promise<void> {
  await queries
    .insertInto('api_keys')
    .values({
      id: key.id,
      project_id: key.project,
      public_id: key.publicId,
      secret_hash: key.secretHash,
      name: key.name,
      environment: key.environment,
      scopes: jsonb(key.scopes),
      created_by: key.createdBy,
      created_at: key.createdAt,
      expires_at: key.expiresAt,
      last_used_at: key.lastUsedAt,
      revoked_at: key.revokedAt,
    })
    .execute()
}

export async function findKeyByPublicId(queries: Queries, publicId: string): Promise<StoredKey | undefined> {
  const row = await queries
    .selectFrom('api_keys')
    .selectAll()
    .where('public_id', '=', publicId)
    .executeTakeFirst()
  return row && keyOf(row)
}

export async function listKeyPage(
  queries: Queries,
  project: string,
  { search = '', ...page }: KeyQuery,
): Promise<Page<StoredKey>> {
  const all = queries.selectFrom('api_keys').selectAll().where('project_id', '=', project)
  const publicId = /^rk_([A-Za-z0-9]+)/.exec(search)?.[1]
  const found = all.where((is) =>
    is.or([
      is(is.fn('strpos', [is.fn('lower', ['name']), is.val(search.toLowerCase())]), '>', 0),
      ...(publicId === undefined ? [] : [is(is.fn('strpos', ['public_id', is.val(publicId)]), '=', 1)]),
      ...(uuid.safeParse(search).success ? [is('id', '=', search)] : []),
    ]),
  )
  const rows = await keysetPage(search === '' ? all : found, {
    by: [
      { column: 'created_at', type: 'timestamptz' },
      { column: 'id', type: 'uuid' },
    ],
    direction: 'desc',
    ...page,
  })
  return { ...rows, items: rows.items.map(keyOf) }
}

/** Marks the key revoked unless it is already; undefined when the project has no such key. */
export async function markRevoked(
  queries: Queries,
  project: string,
  id: string,
  at: Date,
): Promise<StoredKey | undefined> {
  const row = await queries
    .updateTable('api_keys')
    .set((expression) => ({ revoked_at: expression.fn.coalesce('revoked_at', expression.val(at)) }))
    .where('project_id', '=', project)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
  return row && keyOf(row)
}

export async function markUsed(queries: Queries, ids: readonly string[], at: Date): Promise<void> {
  if (ids.length === 0) return
  await queries
    .updateTable('api_keys')
    .set({ last_used_at: at })
    .where('id', 'in', ids)
    .where((expression) =>
      expression.or([expression('last_used_at', 'is', null), expression('last_used_at', '<', at)]),
    )
    .execute()
}

/** Keys that work at `now`, over all projects. */
export async function listLiveKeys(queries: Queries, now: Date): Promise<StoredKey[]> {
  const rows = await queries
    .selectFrom('api_keys')
    .selectAll()
    .where('revoked_at', 'is', null)
    .where((expression) =>
      expression.or([expression('expires_at', 'is', null), expression('expires_at', '>', now)]),
    )
    .orderBy('id')
    .execute()
  return rows.map(keyOf)
}

/** Public ids of the keys revoked most recently, newest first. */
export async function listRevokedPublicIds(queries: Queries, limit: number): Promise<string[]> {
  const rows = await queries
    .selectFrom('api_keys')
    .select('public_id')
    .where('revoked_at', 'is not', null)
    .orderBy('revoked_at', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => row.public_id)
}

/** Names of keys of a project, revoked ones included, by id. */
export async function findKeyNames(
  queries: Queries,
  project: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await queries
    .selectFrom('api_keys')
    .select(['id', 'name'])
    .where('project_id', '=', project)
    .where('id', 'in', ids)
    .execute()
  return new Map(rows.map((row) => [row.id, row.name]))
}

const scopes = z.array(permission)

function keyOf(row: Selectable<Database['api_keys']>): StoredKey {
  return {
    id: row.id,
    project: row.project_id,
    publicId: row.public_id,
    secretHash: row.secret_hash,
    name: row.name,
    environment: row.environment,
    scopes: scopes.parse(row.scopes),
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  }
}
