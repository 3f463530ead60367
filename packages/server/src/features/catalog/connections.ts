import {
  AppError,
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
import { isUniqueViolation } from '#platform/postgres/transaction.ts'
import type { SecretStore } from '#platform/secrets/secret-store.ts'
import {
  checkBaseUrl,
  connectionNotFound,
  nameTaken,
  previewOf,
  requireFreeName,
  requireKeyForNewHost,
  requireStored,
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
import { fetchModels } from './fetch-models.ts'
import { offlineModels } from './offline-models.ts'

const testTimeoutMs = 10_000

/** Result of a test as the API gives it. */
type ConnectionTest = { ok: boolean; message: string; latencyMs: number; models: string[] }

/** Connections of a project: made, changed, tested, removed. */
export type Connections = {
  readonly create: (
    project: string,
    request: z.output<(typeof createConnection)['body']>,
  ) => Promise<Connection>
  readonly update: (
    project: string,
    name: string,
    changes: z.output<(typeof updateRoute)['body']>,
  ) => Promise<Connection>
  readonly remove: (project: string, name: string) => Promise<void>
  readonly list: (project: string, page: PageQuery) => Promise<Page<Connection>>
  readonly test: (project: string, name: string, signal?: AbortSignal) => Promise<ConnectionTest>
}

export type ConnectionsParts = {
  readonly db: Db
  readonly clock: Clock
  readonly makeId: MakeId
  readonly secrets: Pick<SecretStore, 'encrypt' | 'decrypt'>
  readonly resolve: ResolveHost
  /** The credential of a connection wherever it is kept: encrypted in the database, or in the environment. */
  readonly openCredential: (connection: StoredConnection) => Promise<string | undefined>
  readonly changed: () => void
}

/** Makes the rules of connections over the database. */
export function makeConnections(parts: ConnectionsParts): Connections {
  const { db, clock, makeId, secrets, resolve, changed } = parts
  const find = async (project: string, name: string): Promise<StoredConnection> => {
    const connection = await findConnection(db, project, name)
    if (connection) return connection
    const names = (await listConnections(db, project)).map((each) => each.name)
    throw connectionNotFound(name, names)
  }
  return {
    create: async (project, request) => {
      requireFreeName(request.name)
      const id = makeId()
      const baseUrl = await checkBaseUrl(requireBaseUrl(request), request.allowPrivate, resolve)
      const connection: StoredConnection = {
        id,
        project,
        name: request.name,
        provider: request.provider,
        baseUrl,
        secret: request.apiKey === undefined ? undefined : await secrets.encrypt(project, id, request.apiKey),
        keyPreview: request.apiKey === undefined ? undefined : previewOf(request.apiKey),
        allowPrivate: request.allowPrivate,
        origin: 'stored',
        createdAt: new Date(clock.now()),
        lastTest: undefined,
        models: undefined,
      }
      try {
        await insertConnection(db, connection)
      } catch (error) {
        throw isUniqueViolation(error, 'connections_name_key') ? nameTaken(request.name, error) : error
      }
      changed()
      return showConnection(connection)
    },
    update: async (project, name, changes) => {
      const connection = await find(project, name)
      requireStored(connection, 'changed')
      const allowPrivate = changes.allowPrivate ?? connection.allowPrivate
      const baseUrl = await checkBaseUrl(changes.baseUrl ?? connection.baseUrl ?? '', allowPrivate, resolve)
      requireKeyForNewHost(connection, baseUrl, changes.apiKey !== undefined)
      const isMoved = baseUrl !== connection.baseUrl
      const next: StoredConnection = {
        ...connection,
        baseUrl,
        allowPrivate,
        ...(changes.apiKey === undefined
          ? {}
          : {
              secret: await secrets.encrypt(project, connection.id, changes.apiKey),
              keyPreview: previewOf(changes.apiKey),
            }),
        // A test says nothing about another address or credential; the models are those of the old address.
        lastTest: isMoved || changes.apiKey !== undefined ? undefined : connection.lastTest,
        models: isMoved ? undefined : connection.models,
      }
      await updateConnection(db, next)
      changed()
      return showConnection(next)
    },
    remove: async (project, name) => {
      const connection = await find(project, name)
      requireStored(connection, 'removed')
      await removeConnection(db, project, connection.id)
      changed()
    },
    list: async (project, page) => {
      const rows = await listConnectionPage(db, project, page)
      return { ...rows, items: rows.items.map(showConnection) }
    },
    test: async (project, name, signal) => {
      const connection = await find(project, name)
      const startMs = performance.now()
      const answer = await ask(parts, connection, signal)
      const latencyMs = Math.round(performance.now() - startMs)
      const at = new Date(clock.now()).toISOString()
      const models = answer.ok ? answer.models : undefined
      await recordTest(db, connection, { ok: answer.ok, message: answer.message, latencyMs, at }, models)
      if (models && models.join() !== connection.models?.join()) changed()
      return { ...answer, latencyMs, models: [...answer.models] }
    },
  }
}

async function ask(parts: ConnectionsParts, connection: StoredConnection, signal: AbortSignal | undefined) {
  if (connection.provider === 'offline' || connection.baseUrl === undefined) {
    const models = offlineModels.map((model) => model.id)
    return { ok: true, message: 'Built in, so always there. It is not a language model.', models }
  }
  return fetchModels({
    baseUrl: connection.baseUrl,
    apiKey: await parts.openCredential(connection),
    allowPrivate: connection.allowPrivate,
    timeoutMs: testTimeoutMs,
    resolve: parts.resolve,
    signal,
  })
}

function requireBaseUrl(request: { provider: string; baseUrl?: string | undefined; name: string }): string {
  if (request.provider === 'offline') {
    throw new AppError('conflict', {
      message:
        'The provider "offline" is built in: every project has its connection already. Use its models as offline/extractive and offline/embedding.',
      details: { provider: request.provider },
    })
  }
  if (request.baseUrl !== undefined) return request.baseUrl
  throw new AppError('validation_failed', {
    message: `The connection "${request.name}" needs a base URL, such as https://api.openai.com/v1 or http://127.0.0.1:11434/v1.`,
    details: { issues: [{ field: 'baseUrl', problem: 'is missing' }] },
  })
}
