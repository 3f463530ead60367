import {
  connection as connectionWord,
  provider as providerWord,
  type Connection,
  type Page,
  type PageQuery,
} from '@ratchet/contract'
import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { Database, Queries } from '#platform/postgres/database.ts'
import { keysetPage } from '#platform/postgres/keyset-page.ts'
import { jsonb } from '#platform/postgres/transaction.ts'
import type { EncryptedSecret } from '#platform/secrets/secret-store.ts'

/** Result of asking the provider for its models. */
export type LastTest = NonNullable<Connection['lastTest']>

/** A connection as stored; `models` are those that the last good test found. */
export type StoredConnection = {
  readonly id: string
  readonly project: string
  readonly name: string
  readonly provider: Connection['provider']
  readonly baseUrl: string | undefined
  readonly secret: EncryptedSecret | undefined
  readonly keyPreview: string | undefined
  readonly allowPrivate: boolean
  readonly origin: Connection['origin']
  readonly createdAt: Date
  readonly lastTest: LastTest | undefined
  readonly models: readonly string[] | undefined
}

/** Adds a connection; a taken name is a unique violation of `connections_name_key`. */
export async function insertConnection(queries: Queries, connection: StoredConnection): Promise<void> {
  await queries.insertInto('connections').values(rowOf(connection)).execute()
}

/** Adds connections whose name is free in their project, and leaves the others as they are. */
export async function insertMissing(
  queries: Queries,
  connections: readonly StoredConnection[],
): Promise<void> {
  if (connections.length === 0) return
  await queries
    .insertInto('connections')
    .values(connections.map(rowOf))
    .onConflict((conflict) => conflict.constraint('connections_name_key').doNothing())
    .execute()
}

/** Writes what can change of a connection. */
export async function updateConnection(queries: Queries, connection: StoredConnection): Promise<void> {
  await queries
    .updateTable('connections')
    .set(changesOf(connection))
    .where('project_id', '=', connection.project)
    .where('id', '=', connection.id)
    .execute()
}

export async function recordTest(
  queries: Queries,
  connection: Pick<StoredConnection, 'project' | 'id'>,
  test: LastTest,
  models: readonly string[] | undefined,
): Promise<void> {
  await queries
    .updateTable('connections')
    .set({ last_test: jsonb(test), ...(models ? { models: jsonb(models) } : {}) })
    .where('project_id', '=', connection.project)
    .where('id', '=', connection.id)
    .execute()
}

export async function removeConnection(queries: Queries, project: string, id: string): Promise<void> {
  await queries.deleteFrom('connections').where('project_id', '=', project).where('id', '=', id).execute()
}

export async function findConnection(
  queries: Queries,
  project: string,
  name: string,
): Promise<StoredConnection | undefined> {
  const row = await queries
    .selectFrom('connections')
    .selectAll()
    .where('project_id', '=', project)
    .where('name', '=', name)
    .executeTakeFirst()
  return row && connectionOf(row)
}

export async function listConnectionPage(
  queries: Queries,
  project: string,
  page: PageQuery,
): Promise<Page<StoredConnection>> {
  const query = queries.selectFrom('connections').selectAll().where('project_id', '=', project)
  const rows = await keysetPage(query, { by: [{ column: 'name', type: 'text' }], direction: 'asc', ...page })
  return { ...rows, items: rows.items.map(connectionOf) }
}

/** Every connection of a project, or of all projects. */
export async function listConnections(queries: Queries, project?: string): Promise<StoredConnection[]> {
  const query = queries.selectFrom('connections').selectAll().orderBy('name')
  const rows = await (project === undefined ? query : query.where('project_id', '=', project)).execute()
  return rows.map(connectionOf)
}

/** Connections that hold a secret, locked until the transaction ends. */
export async function lockSecrets(
  queries: Queries,
  project: string,
): Promise<{ id: string; secret: EncryptedSecret }[]> {
  const rows = await queries
    .selectFrom('connections')
    .selectAll()
    .where('project_id', '=', project)
    .where('credential', 'is not', null)
    .forUpdate()
    .execute()
  return rows.map(connectionOf).flatMap(({ id, secret }) => (secret ? [{ id, secret }] : []))
}

export async function writeSecret(
  queries: Queries,
  project: string,
  id: string,
  secret: EncryptedSecret,
): Promise<void> {
  await queries
    .updateTable('connections')
    .set({ key_id: secret.keyId, credential: secret.blob })
    .where('project_id', '=', project)
    .where('id', '=', id)
    .execute()
}

function rowOf(connection: StoredConnection) {
  return {
    id: connection.id,
    project_id: connection.project,
    name: connection.name,
    provider: connection.provider,
    origin: connection.origin,
    created_at: connection.createdAt,
    ...changesOf(connection),
  }
}

function changesOf(connection: StoredConnection) {
  return {
    base_url: connection.baseUrl ?? null,
    key_id: connection.secret?.keyId ?? null,
    credential: connection.secret?.blob ?? null,
    key_preview: connection.keyPreview ?? null,
    allow_private: connection.allowPrivate,
    last_test: connection.lastTest ? jsonb(connection.lastTest) : null,
    models: connection.models ? jsonb(connection.models) : null,
  }
}

const lastTest = connectionWord.shape.lastTest.unwrap().nullable()
const models = z.array(z.string()).nullable()

function connectionOf(row: Selectable<Database['connections']>): StoredConnection {
  const secret =
    row.key_id !== null && row.credential !== null ? { keyId: row.key_id, blob: row.credential } : undefined
  return {
    id: row.id,
    project: row.project_id,
    name: row.name,
    provider: providerWord.parse(row.provider),
    baseUrl: row.base_url ?? undefined,
    secret,
    keyPreview: row.key_preview ?? undefined,
    allowPrivate: row.allow_private,
    origin: connectionWord.shape.origin.parse(row.origin),
    createdAt: row.created_at,
    lastTest: lastTest.parse(row.last_test) ?? undefined,
    models: models.parse(row.models) ?? undefined,
  }
}
