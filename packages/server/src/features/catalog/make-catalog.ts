import type { Model, PriceOverride, Provider, SnapshotConnection } from '@ratchet/contract'
import type { Clock } from '#platform/clock.ts'
import { resolveHost, type ResolveHost } from '#platform/http/outgoing-address.ts'
import type { MakeId } from '#platform/ids.ts'
import type { Log } from '#platform/log.ts'
import type { Db } from '#platform/postgres/database.ts'
import type { SecretStore } from '#platform/secrets/secret-store.ts'
import { markConnectionKeysUsed } from './connection-key-store.ts'
import { listConnections } from './connection-store.ts'
import { makeConnections, type Connections } from './connections.ts'
import { makeCredentials } from './credentials.ts'
import { describeModels, modelNamesOf, snapshotConnectionOf } from './models/known-models.ts'
import { priceStepMs } from './models/model-prices.ts'
import { localServers, type LocalServer } from './providers/discover-providers.ts'
import { makeProviderDiscovery } from './providers/provider-discovery.ts'

export type CatalogParts = {
  readonly db: Db
  readonly clock: Clock
  readonly makeId: MakeId
  readonly log: Log
  readonly secrets: Pick<SecretStore, 'encrypt' | 'decrypt'>
  /** Read for provider keys when `discoverProviders`; local model servers are then looked for, too. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly discoverProviders: boolean
  /** Names of apps live in an environment, or in any when it is undefined. */
  readonly deployedApps: (project: string, environment: string | undefined) => Promise<readonly string[]>
  /** Prices that go before the built-in list. */
  readonly priceOverrides?: (project: string) => Promise<readonly PriceOverride[]>
  /** What needs a connection, such as `route "chat"`. */
  readonly usesOf?: (project: string, connection: string) => Promise<readonly string[]>
  /** Replaced in tests. */
  readonly resolve?: ResolveHost
  readonly localServers?: readonly LocalServer[]
}

/** Connections to model providers, their models and prices. */
export type Catalog = Connections & {
  /**
   * Adds the built-in connection to every project and what is found in the environment to `discoverInto`.
   * `settled` resolves when local servers have been looked for; serving need not wait for it.
   */
  readonly start: (
    projects: readonly string[],
    discoverInto: string,
    signal?: AbortSignal,
  ) => Promise<{ settled: Promise<void> }>
  /** Gives a new project its built-in connection; register it with `access.onProjectCreated`. */
  readonly addProject: (project: string) => Promise<void>
  readonly listModels: (project: string, environment: string | undefined) => Promise<Model[]>
  /** Connections of a project with the names of their models. */
  readonly connectionFacts: (
    project: string,
  ) => Promise<{ name: string; provider: Provider; models: readonly string[] }[]>
  /** Every connection of every project, credentials open: for the gateway only. */
  readonly connectionsForSnapshot: () => Promise<SnapshotConnection[]>
  /** Notes when keys of connections were last used. */
  readonly markKeysUsed: (ids: readonly string[], atMs: number) => Promise<void>
  /** Calls the listener after a change that the gateway must know. */
  readonly onChange: (listener: () => void) => void
}

/** Makes the catalog feature. */
export function makeCatalog(parts: CatalogParts): Catalog {
  const { db, clock } = parts
  const listeners: (() => void)[] = []
  const changed = (): void => listeners.forEach((listener) => listener())
  const discovery = makeProviderDiscovery({
    ...parts,
    isOn: parts.discoverProviders,
    localServers: parts.localServers ?? localServers,
    changed,
  })
  const { open, openAll } = makeCredentials({ ...parts, fromEnvironment: discovery.credentialOf })
  const connections = makeConnections({
    ...parts,
    resolve: parts.resolve ?? resolveHost,
    openCredentials: open,
    changed,
  })
  return {
    ...connections,
    start: async (projects, discoverInto, signal) => {
      await discovery.addBuiltIn(projects)
      const { localServers: settled } = await discovery.run(discoverInto, signal)
      // Some prices change with the hour.
      const timer = setInterval(changed, priceStepMs).unref()
      signal?.addEventListener('abort', () => clearInterval(timer), { once: true })
      return { settled }
    },
    addProject: async (project) => {
      await discovery.addBuiltIn([project])
      changed()
    },
    listModels: async (project, environment) => {
      const at = new Date(clock.now())
      const overrides = (await parts.priceOverrides?.(project)) ?? []
      const connections = await listConnections(db, project)
      const models = connections.flatMap((each) => describeModels(each, at, overrides))
      const apps = await parts.deployedApps(project, environment)
      return [...apps.map(appModel), ...models]
    },
    connectionFacts: async (project) =>
      (await listConnections(db, project)).map((each) => ({
        name: each.name,
        provider: each.provider,
        models: modelNamesOf(each),
      })),
    connectionsForSnapshot: async () => {
      const at = new Date(clock.now())
      const all = await listConnections(db)
      const opened = await openAll(all)
      return all.flatMap((connection) => {
        const credentials = opened.get(connection.id)
        return credentials ? [snapshotConnectionOf(connection, credentials, at)] : []
      })
    },
    markKeysUsed: (ids, atMs) => markConnectionKeysUsed(db, ids, new Date(atMs)),
    onChange: (listener) => void listeners.push(listener),
  }
}

function appModel(name: string): Model {
  return {
    id: `app/${name}`,
    connection: 'app',
    kind: 'chat',
    note: 'A deployed app.',
    abilities: ['streaming'],
    lacks: [],
  }
}
