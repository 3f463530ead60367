import type { Log } from '#platform/log.ts'
import type { Db } from '#platform/postgres/database.ts'
import type { SecretStore } from '#platform/secrets/secret-store.ts'
import { listStoredKeys, type StoredConnectionKey } from './connection-key-store.ts'
import type { StoredConnection } from './connection-store.ts'

type OpenCredential = { readonly id: string; readonly value: string }

/** Credentials of connections, open: from the database, or from the environment that holds them. */
export type Credentials = {
  /** Throws when a stored key does not open. */
  readonly open: (connection: StoredConnection) => Promise<readonly OpenCredential[]>
  /** By the connection's id. A connection none of whose keys opens is left out. */
  readonly openAll: (
    connections: readonly StoredConnection[],
  ) => Promise<ReadonlyMap<string, readonly OpenCredential[]>>
}

export function makeCredentials(parts: {
  db: Db
  log: Log
  secrets: Pick<SecretStore, 'decrypt'>
  fromEnvironment: (connection: StoredConnection) => string | undefined
}): Credentials {
  const { db, log, secrets, fromEnvironment } = parts
  const openKey = async ({ id, project, secret }: StoredConnectionKey): Promise<OpenCredential> => ({
    id,
    value: await secrets.decrypt(project, id, secret),
  })
  const inMemory = (connection: StoredConnection): OpenCredential[] => {
    const value = fromEnvironment(connection)
    return value === undefined ? [] : [{ id: connection.id, value }]
  }
  return {
    open: async (connection) => {
      const keys = await listStoredKeys(db, { connection: connection.id })
      return keys.length === 0 ? inMemory(connection) : Promise.all(keys.map(openKey))
    },
    openAll: async (connections) => {
      const keysOf = Map.groupBy(await listStoredKeys(db, {}), (key) => key.connection)
      const opened = new Map<string, readonly OpenCredential[]>()
      for (const connection of connections) {
        const keys = keysOf.get(connection.id) ?? []
        const results = await Promise.allSettled(keys.map(openKey))
        // One damaged credential must not take the others away from the gateway.
        for (const result of results) {
          if (result.status === 'fulfilled') continue
          const { project, name } = connection
          log.error({ error: result.reason, project, connection: name }, 'A key of a connection is left out')
        }
        const good = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
        if (keys.length > 0 && good.length === 0) continue
        opened.set(connection.id, keys.length === 0 ? inMemory(connection) : good)
      }
      return opened
    },
  }
}
