import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { makeIds } from '#platform/ids.ts'
import { silentLog } from '#platform/log.ts'
import type { Postgres } from '#platform/postgres/open-postgres.ts'
import { makeMasterKey } from '#platform/secrets/master-key.ts'
import { makeSecretStore, type SecretStore } from '#platform/secrets/secret-store.ts'
import { connectionSecrets, makeCatalog, type Catalog, type CatalogParts } from '../index.ts'

/** Secrets of connections under a master key of their own. */
export function makeTestSecrets({ db }: Postgres): SecretStore {
  return makeSecretStore({
    db,
    master: makeMasterKey(randomBytes(32), 'environment'),
    holders: [connectionSecrets],
  })
}

/** A catalog that finds nothing in the environment and looks for no servers, unless told otherwise. */
export function makeTestCatalog(
  { db }: Postgres,
  parts: Pick<CatalogParts, 'clock' | 'secrets'> & Partial<CatalogParts>,
): Catalog {
  return makeCatalog({
    db,
    makeId: makeIds(),
    log: silentLog,
    environment: {},
    discoverProviders: false,
    deployedApps: async () => [],
    ...parts,
  })
}

/** A server of a provider on a free port, for the length of a test file. */
export async function serveProvider(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ readonly url: string; readonly stop: () => void }> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    stop: () => void server.close(),
  }
}
