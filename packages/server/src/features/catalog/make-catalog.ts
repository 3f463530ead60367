import type { Model, SnapshotConnection } from '@ratchet/contract'
import type { Clock } from '#platform/clock.ts'
import { resolveHost, type ResolveHost } from '#platform/http/outgoing-address.ts'
import type { MakeId } from '#platform/ids.ts'
import type { Log } from '#platform/log.ts'
import type { Db } from '#platform/postgres/database.ts'
import type { SecretStore } from '#platform/secrets/secret-store.ts'
import { listConnections, type StoredConnection } from './connection-store.ts'
import { makeConnections, type Connections } from './connections.ts'
import { localServers } from './discover-providers.ts'
import { describeModels, snapshotConnectionOf } from './known-models.ts'
import { makeProviderDiscovery } from './provider-discovery.ts'

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
  /** Replaced in tests. */
  readonly resolve?: ResolveHost
  readonly localServers?: readonly { name: string; baseUrl: string }[]
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
  /** Every connection of every project, credentials open: for the gateway only. */
  readonly connectionsForSnapshot: () => Promise<SnapshotConnection[]>
  /** Calls the listener after a change that the gateway must know. */
  readonly onChange: (listener: () => void) => void
}

/** Makes the catalog feature. */
export function makeCatalog(parts: CatalogParts): Catalog {
  const { db, clock, log } = parts
  const listeners: (() => void)[] = []
  const changed = (): void => listeners.forEach((listener) => listener())
  const discovery = makeProviderDiscovery({
    ...parts,
    isOn: parts.discoverProviders,
    localServers: parts.localServers ?? localServers,
    changed,
  })
  const openCredential = async (connection: StoredConnection): Promise<string | undefined> =>
    connection.secret
      ? parts.secrets.decrypt(connection.project, connection.id, connection.secret)
      : discovery.credentialOf(connection)
  const connections = makeConnections({
    ...parts,
    resolve: parts.resolve ?? resolveHost,
    openCredential,
    changed,
  })
  return {
    ...connections,
    start: async (projects, discoverInto, signal) => {
      await discovery.addBuiltIn(projects)
      const { localServers: settled } = await discovery.run(discoverInto, signal)
      return { settled }
    },
    addProject: async (project) => {
      await discovery.addBuiltIn([project])
      changed()
    },
    listModels: async (project, environment) => {
      const at = new Date(clock.now())
      const models = (await listConnections(db, project)).flatMap((each) => describeModels(each, at))
      const apps = await parts.deployedApps(project, environment)
      return [...apps.map(appModel), ...models]
    },
    connectionsForSnapshot: async () => {
      const at = new Date(clock.now())
      const all = await listConnections(db)
      const opened = await Promise.all(
        all.map(async (connection) => {
          try {
            return [snapshotConnectionOf(connection, await openCredential(connection), at)]
          } catch (error) {
            // One damaged credential must not take the other connections away from the gateway.
            log.error(
              { error, project: connection.project, connection: connection.name },
              'A connection is left out',
            )
            return []
          }
        }),
      )
      return opened.flat()
    },
    onChange: (listener) => void listeners.push(listener),
  }
}

function appModel(name: string): Model {
  return { id: `app/${name}`, connection: 'app', kind: 'chat', note: 'A deployed app.' }
}
