import type { Selectable } from 'kysely'
import type { Database, Queries } from '#platform/postgres/database.ts'
import type { EncryptedSecret } from '#platform/secrets/secret-store.ts'

/** A key of a connection as stored; it opens only under its own id. */
export type StoredConnectionKey = {
  readonly id: string
  readonly project: string
  readonly connection: string
  readonly secret: EncryptedSecret
  readonly preview: string
  readonly addedAt: Date
  readonly lastUsedAt: Date | undefined
}

export async function insertConnectionKey(queries: Queries, key: StoredConnectionKey): Promise<void> {
  await queries
    .insertInto('connection_keys')
    .values({
      id: key.id,
      project_id: key.project,
      connection_id: key.connection,
      key_id: key.secret.keyId,
      credential: key.secret.blob,
      preview: key.preview,
      added_at: key.addedAt,
      last_used_at: key.lastUsedAt ?? null,
    })
    .execute()
}

/** Keys of one connection, of a project, or of all; oldest first. */
export async function listStoredKeys(
  queries: Queries,
  filter: { project?: string | undefined; connection?: string },
): Promise<StoredConnectionKey[]> {
  let query = queries.selectFrom('connection_keys').selectAll().orderBy('added_at').orderBy('id')
  if (filter.project !== undefined) query = query.where('project_id', '=', filter.project)
  if (filter.connection !== undefined) query = query.where('connection_id', '=', filter.connection)
  return (await query.execute()).map(keyOf)
}

export async function deleteConnectionKeys(
  queries: Queries,
  connection: string,
  ids?: readonly string[],
): Promise<void> {
  if (ids?.length === 0) return
  const query = queries.deleteFrom('connection_keys').where('connection_id', '=', connection)
  await (ids === undefined ? query : query.where('id', 'in', ids)).execute()
}

/** Notes that keys were used; ids that belong to nobody mean nothing. */
export async function markConnectionKeysUsed(
  queries: Queries,
  ids: readonly string[],
  at: Date,
): Promise<void> {
  if (ids.length === 0) return
  await queries
    .updateTable('connection_keys')
    .set({ last_used_at: at })
    .where('id', 'in', ids)
    .where((column) => column.or([column('last_used_at', 'is', null), column('last_used_at', '<', at)]))
    .execute()
}

/** Keys of a project, locked until the transaction ends. */
export async function lockSecrets(
  queries: Queries,
  project: string,
): Promise<{ id: string; secret: EncryptedSecret }[]> {
  const rows = await queries
    .selectFrom('connection_keys')
    .selectAll()
    .where('project_id', '=', project)
    .forUpdate()
    .execute()
  return rows.map(keyOf).map(({ id, secret }) => ({ id, secret }))
}

export async function writeSecret(
  queries: Queries,
  project: string,
  id: string,
  secret: EncryptedSecret,
): Promise<void> {
  await queries
    .updateTable('connection_keys')
    .set({ key_id: secret.keyId, credential: secret.blob })
    .where('project_id', '=', project)
    .where('id', '=', id)
    .execute()
}

function keyOf(row: Selectable<Database['connection_keys']>): StoredConnectionKey {
  return {
    id: row.id,
    project: row.project_id,
    connection: row.connection_id,
    secret: { keyId: row.key_id, blob: row.credential },
    preview: row.preview,
    addedAt: row.added_at,
    lastUsedAt: row.last_used_at ?? undefined,
  }
}
