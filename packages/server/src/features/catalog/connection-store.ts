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

/** Result of asking the provider for its models. */
export type LastTest = NonNullable<Connection['lastTest']>

/** A connection as stored; `models` are those that the last good test found. */
export type StoredConnection = {
  readonly id: string
  readonly project: string
  readonly name: string
  readonly provider: Connection['provider']
  readonly baseUrl: string | undefined
  readonly settings: Readonly<Record<string, string>>
  /** Of a key that is kept in memory; those of stored keys stand with the keys. */
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

/** Forgets the last test, which says nothing about what has changed since. */
export async function clearTest(
  queries: Queries,
  connection: Pick<StoredConnection, 'project' | 'id'>,
): Promise<void> {
  await queries
    .updateTable('connections')
    .set({ last_test: null })
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

function rowOf(connection: StoredConnection) {
  return {
    id: connection.id,
    project_id: connection.project,
    name: connection.name,
    origin: connection.origin,
    created_at: connection.createdAt,
    ...changesOf(connection),
  }
}

function changesOf(connection: StoredConnection) {
  return {
    provider: connection.provider,
    base_url: connection.baseUrl ?? null,
    settings: jsonb(connection.settings),
    key_preview: connection.keyPreview ?? null,
    allow_private: connection.allowPrivate,
    last_test: connection.lastTest ? jsonb(connection.lastTest) : null,
    models: connection.models ? jsonb(connection.models) : null,
  }
}

const lastTest = connectionWord.shape.lastTest.unwrap().nullable()
const models = z.array(z.string()).nullable()
const settings = z.record(z.string(), z.string())

function connectionOf(row: Selectable<Database['connections']>): StoredConnection {
  return {
    id: row.id,
    project: row.project_id,
    name: row.name,
    provider: providerWord.parse(row.provider),
    baseUrl: row.base_url ?? undefined,
    settings: settings.parse(row.settings),
    keyPreview: row.key_preview ?? undefined,
    allowPrivate: row.allow_private,
    origin: connectionWord.shape.origin.parse(row.origin),
    createdAt: row.created_at,
    lastTest: lastTest.parse(row.last_test) ?? undefined,
    models: models.parse(row.models) ?? undefined,
  }
}
