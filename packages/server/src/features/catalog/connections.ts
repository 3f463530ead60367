import {
  AppError,
  baseUrlOf,
  type Connection,
  type createConnection,
  type Page,
  type PageQuery,
  type updateConnection as updateRoute,
} from '@ratchet/contract'
import type { z } from 'zod'
import type { Clock } from '#platform/clock.ts'
import type { ResolveHost } from '#platform/http/outgoing-address.ts'
import type { MakeId } from '#platform/ids.ts'
import type { Db } from '#platform/postgres/database.ts'
import { isUniqueViolation, transaction } from '#platform/postgres/transaction.ts'
import type { SecretStore } from '#platform/secrets/secret-store.ts'
import { deleteConnectionKeys, insertConnectionKey, listStoredKeys } from './connection-key-store.ts'
import { makeConnectionKeys, sealKey, type ConnectionKeys } from './connection-keys.ts'
import {
  checkAddress,
  connectionNotFound,
  nameTaken,
  requireFreeName,
  requireKeyForNewHost,
  requireStored,
  requireUnused,
  showConnection,
} from './connection-rules.ts'
import {
  findConnection,
  insertConnection,
  listConnectionPage,
  listConnections,
  recordTest,
  removeConnection,
  updateConnection,
  type StoredConnection,
} from './connection-store.ts'
import { addressOf, checkSettings, isOwnMachine } from './providers/provider-address.ts'
import { testProvider } from './providers/test-provider.ts'

/** Result of a test as the API gives it. */
type ConnectionTest = { ok: boolean; message: string; latencyMs: number; models: string[] }
type CreateRequest = z.output<(typeof createConnection)['body']>
type Changes = z.output<(typeof updateRoute)['body']>

/** Connections of a project: made, changed, tested, removed. */
export type Connections = ConnectionKeys & {
  readonly create: (project: string, request: CreateRequest) => Promise<Connection>
  readonly update: (project: string, name: string, changes: Changes) => Promise<Connection>
  readonly remove: (project: string, name: string) => Promise<void>
  readonly list: (project: string, page: PageQuery) => Promise<Page<Connection>>
  readonly listAll: (project: string) => Promise<Connection[]>
  readonly test: (project: string, name: string, signal?: AbortSignal) => Promise<ConnectionTest>
}

export type ConnectionsParts = {
  readonly db: Db
  readonly clock: Clock
  readonly makeId: MakeId
  readonly secrets: Pick<SecretStore, 'encrypt' | 'decrypt'>
  readonly resolve: ResolveHost
  /** Credentials of a connection wherever they are kept: encrypted in the database, or in the environment. */
  readonly openCredentials: (
    connection: StoredConnection,
  ) => Promise<readonly { id: string; value: string }[]>
  /** What needs a connection; it cannot be removed then. */
  readonly usesOf?: (project: string, connection: string) => Promise<readonly string[]>
  readonly changed: () => void
}

/** Makes the rules of connections over the database. */
export function makeConnections(parts: ConnectionsParts): Connections {
  const { db, clock, changed } = parts
  const find = async (project: string, name: string): Promise<StoredConnection> => {
    const connection = await findConnection(db, project, name)
    if (connection) return connection
    const names = (await listConnections(db, project)).map((each) => each.name)
    throw connectionNotFound(name, names)
  }
  return {
    ...makeConnectionKeys({ ...parts, find }),
    create: async (project, request) => {
      const connection = await create(parts, project, request)
      changed()
      return connection
    },
    update: async (project, name, changes) => {
      const connection = await update(parts, await find(project, name), changes)
      changed()
      return connection
    },
    remove: async (project, name) => {
      const connection = await find(project, name)
      requireStored(connection, 'removed')
      requireUnused(name, (await parts.usesOf?.(project, name)) ?? [])
      await removeConnection(db, project, connection.id)
      changed()
    },
    list: async (project, page) => {
      const rows = await listConnectionPage(db, project, page)
      const keys = Map.groupBy(await listStoredKeys(db, { project }), (key) => key.connection)
      return { ...rows, items: rows.items.map((each) => showConnection(each, keys.get(each.id) ?? [])) }
    },
    listAll: async (project) => {
      const keys = Map.groupBy(await listStoredKeys(db, { project }), (key) => key.connection)
      return (await listConnections(db, project)).map((each) => showConnection(each, keys.get(each.id) ?? []))
    },
    test: async (project, name, signal) => {
      const connection = await find(project, name)
      const startMs = performance.now()
      const credentials = await parts.openCredentials(connection)
      const answer = await testProvider(connection, credentials, { resolve: parts.resolve, signal })
      const latencyMs = Math.round(performance.now() - startMs)
      const at = new Date(clock.now()).toISOString()
      const models = answer.ok ? answer.models : undefined
      await recordTest(db, connection, { ok: answer.ok, message: answer.message, latencyMs, at }, models)
      if (models && models.join() !== connection.models?.join()) changed()
      return { ...answer, latencyMs, models: [...answer.models] }
    },
  }
}

async function create(parts: ConnectionsParts, project: string, request: CreateRequest): Promise<Connection> {
  const { name, provider } = request
  requireFreeName(name)
  if (provider === 'offline') throw offlineExists()
  const settings = checkSettings(provider, request.settings, request.baseUrl !== undefined)
  const baseUrl = addressOf(provider, settings, request.baseUrl, name)
  const allowPrivate =
    request.allowPrivate || (request.baseUrl === undefined && isOwnMachine(provider, baseUrl))
  await checkAddress(baseUrl, allowPrivate, parts.resolve)
  const connection: StoredConnection = {
    id: parts.makeId(),
    project,
    name,
    provider,
    baseUrl,
    settings,
    keyPreview: undefined,
    allowPrivate,
    origin: 'stored',
    createdAt: new Date(parts.clock.now()),
    lastTest: undefined,
    models: undefined,
  }
  const key = request.apiKey === undefined ? undefined : await sealKey(parts, connection, request.apiKey)
  try {
    await transaction(parts.db, async (trx) => {
      await insertConnection(trx, connection)
      if (key) await insertConnectionKey(trx, key)
    })
  } catch (error) {
    throw isUniqueViolation(error, 'connections_name_key') ? nameTaken(name, error) : error
  }
  return showConnection(connection, key ? [key] : [])
}

async function update(
  parts: ConnectionsParts,
  connection: StoredConnection,
  changes: Changes,
): Promise<Connection> {
  requireStored(connection, 'changed')
  const { db } = parts
  const { provider } = connection
  const held = await listStoredKeys(db, { connection: connection.id })
  const allowPrivate = changes.allowPrivate ?? connection.allowPrivate
  // An address that was filled in from settings follows them; one that was given stays.
  const given = changes.baseUrl ?? (isFilledIn(connection) ? undefined : connection.baseUrl)
  const settings = checkSettings(
    provider,
    { ...connection.settings, ...changes.settings },
    given !== undefined,
  )
  const baseUrl = addressOf(provider, settings, given, connection.name)
  await checkAddress(baseUrl, allowPrivate, parts.resolve)
  requireKeyForNewHost(connection, baseUrl, { now: held.length > 0, next: changes.apiKey !== undefined })
  const key = changes.apiKey === undefined ? undefined : await sealKey(parts, connection, changes.apiKey)
  const isMoved = baseUrl !== connection.baseUrl
  const next: StoredConnection = {
    ...connection,
    baseUrl,
    settings,
    allowPrivate,
    // A test says nothing about another address, setting or credential; the models are those of the old address.
    lastTest: isMoved || key || changes.settings !== undefined ? undefined : connection.lastTest,
    models: isMoved ? undefined : connection.models,
  }
  await transaction(db, async (trx) => {
    await updateConnection(trx, next)
    if (!key) return
    await deleteConnectionKeys(trx, connection.id)
    await insertConnectionKey(trx, key)
  })
  return showConnection(next, key ? [key] : held)
}

function isFilledIn({ provider, settings, baseUrl }: StoredConnection): boolean {
  return baseUrl === undefined || baseUrl === baseUrlOf(provider, settings)
}

function offlineExists(): AppError {
  return new AppError('conflict', {
    message:
      'The provider "offline" is built in: every project has its connection already. Use its models as offline/extractive and offline/embedding.',
    details: { provider: 'offline' },
  })
}
