import type { Clock } from '#platform/clock.ts'
import type { MakeId } from '#platform/ids.ts'
import type { Log } from '#platform/log.ts'
import type { Db } from '#platform/postgres/database.ts'
import { previewOf } from '../connection-rules.ts'
import {
  findConnection,
  insertMissing,
  listConnections,
  removeConnection,
  updateConnection,
  type StoredConnection,
} from '../connection-store.ts'
import {
  probeLocalServers,
  readProviderKeys,
  type DiscoveredProvider,
  type LocalServer,
} from './discover-providers.ts'
import { offlineModels, offlineName } from '../offline-models.ts'

const probeTimeoutMs = 400

/** Connections that nobody made by hand: the built-in one of every project, and those found at start. */
export type ProviderDiscovery = {
  readonly addBuiltIn: (projects: readonly string[]) => Promise<void>
  /** Adds what the environment holds, at once; then asks local servers, and drops what is no longer found. */
  readonly run: (project: string, signal?: AbortSignal) => Promise<{ readonly localServers: Promise<void> }>
  /** The API key of a discovered connection; it is kept in memory only. */
  readonly credentialOf: (connection: StoredConnection) => string | undefined
}

export type ProviderDiscoveryParts = {
  readonly db: Db
  readonly clock: Clock
  readonly makeId: MakeId
  readonly log: Log
  readonly isOn: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly localServers: readonly LocalServer[]
  readonly changed: () => void
}

/** Makes the discovery. Found providers belong to one project: they spend the credential of whoever started Ratchet. */
export function makeProviderDiscovery(parts: ProviderDiscoveryParts): ProviderDiscovery {
  const { db, log, changed } = parts
  const credentials = new Map<string, string>()

  const add = async (project: string, found: readonly DiscoveredProvider[]): Promise<void> => {
    for (const provider of found) {
      const existing = await findConnection(db, project, provider.name)
      if (existing && existing.origin !== 'environment') {
        log.info(
          { connection: provider.name, source: provider.source },
          'A stored connection has this name and is kept',
        )
        continue
      }
      if (provider.apiKey !== undefined) credentials.set(`${project} ${provider.name}`, provider.apiKey)
      const next = connectionFor(parts, project, provider, existing)
      if (existing) await updateConnection(db, next)
      else await insertMissing(db, [next])
      log.info({ connection: provider.name, source: provider.source }, 'Found a model provider')
    }
    if (found.length > 0) changed()
  }

  const dropOthers = async (project: string, names: ReadonlySet<string>): Promise<void> => {
    const all = await listConnections(db, project)
    const gone = all.filter((each) => each.origin === 'environment' && !names.has(each.name))
    for (const connection of gone) await removeConnection(db, project, connection.id)
    if (gone.length > 0) changed()
  }

  return {
    addBuiltIn: (projects) =>
      insertMissing(
        db,
        projects.map((project) => builtIn(parts, project)),
      ),
    credentialOf: (connection) => credentials.get(`${connection.project} ${connection.name}`),
    run: async (project, signal) => {
      const fromKeys = parts.isOn ? readProviderKeys(parts.environment) : []
      await add(project, fromKeys)
      const probe = async (): Promise<void> => {
        const servers = parts.isOn ? parts.localServers : []
        const local = await probeLocalServers(servers, { timeoutMs: probeTimeoutMs, signal })
        if (signal?.aborted) return
        await add(project, local)
        await dropOthers(project, new Set([...fromKeys, ...local].map((each) => each.name)))
      }
      return {
        localServers: probe().catch((error: unknown) =>
          log.warn({ error }, 'Looking for local model servers failed'),
        ),
      }
    },
  }
}

function connectionFor(
  parts: ProviderDiscoveryParts,
  project: string,
  found: DiscoveredProvider,
  existing: StoredConnection | undefined,
): StoredConnection {
  const isSame = existing?.baseUrl === found.baseUrl
  return {
    id: existing?.id ?? parts.makeId(),
    project,
    name: found.name,
    provider: found.provider,
    baseUrl: found.baseUrl,
    settings: found.settings,
    keyPreview: found.apiKey === undefined ? undefined : previewOf(found.apiKey),
    allowPrivate: found.allowPrivate,
    origin: 'environment',
    createdAt: existing?.createdAt ?? new Date(parts.clock.now()),
    lastTest: isSame ? existing?.lastTest : undefined,
    models: found.models ?? (isSame ? existing?.models : undefined),
  }
}

function builtIn(parts: ProviderDiscoveryParts, project: string): StoredConnection {
  return {
    id: parts.makeId(),
    project,
    name: offlineName,
    provider: 'offline',
    baseUrl: undefined,
    settings: {},
    keyPreview: undefined,
    allowPrivate: false,
    origin: 'built-in',
    createdAt: new Date(parts.clock.now()),
    lastTest: undefined,
    models: offlineModels.map((model) => model.id),
  }
}
