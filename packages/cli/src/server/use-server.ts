import { AppError, me } from '@ratchet/contract'
import { makeClient, type Client } from '@ratchet/sdk'
import type { Io } from '../io.ts'
import { findDataFolder, findServer, readLocalKey, type FoundServer } from './find-server.ts'
import { startServer } from './start-server.ts'

/** A server to work with. */
export type Server = {
  readonly url: string
  readonly gatewayUrl: string
  readonly key: string | undefined
  readonly client: Client
  /** True when it was started for this command and ends with it. */
  readonly isTemporary: boolean
  readonly dataFolder: string
}

export type ServerChoice = {
  /** Start one for the length of the work when none runs; otherwise that is an error. */
  readonly startsOne?: boolean
}

type Place = {
  readonly io: Io
  readonly dataFolder: string | undefined
  readonly project: string | undefined
}

/** Runs work against the server that is there, or one started on free ports for it and stopped after it. */
export async function useServer<Result>(
  place: Place,
  work: (server: Server) => Promise<Result>,
  choice: ServerChoice = {},
): Promise<Result> {
  const { io } = place
  const dataFolder = findDataFolder(io.folder, io.environment, place.dataFolder)
  const found = findServer(io.environment, dataFolder)
  if (found) return work(await toServer(place, found, dataFolder))
  if (choice.startsOne !== true) throw noServer(dataFolder)
  io.stderr.write('No Ratchet server runs here; starting one for this command …\n')
  const started = await startServer({
    environment: io.environment,
    dataFolder,
    port: 0,
    gatewayPort: 0,
    logLevel: 'silent',
  })
  try {
    const key = readLocalKey(dataFolder)
    const address = { url: started.url, gatewayUrl: started.gatewayUrl, key }
    return await work({ ...(await toServer(place, address, dataFolder)), isTemporary: true })
  } finally {
    await started.stop()
  }
}

/** A client of a found server, with the gateway's address. */
export async function toServer(place: Place, found: FoundServer, dataFolder: string): Promise<Server> {
  const client = makeClient({ baseUrl: found.url, key: found.key, project: place.project })
  const gatewayUrl = found.gatewayUrl ?? (await client.call(me, { signal: place.io.signal })).gatewayUrl
  return { url: found.url, gatewayUrl, key: found.key, client, isTemporary: false, dataFolder }
}

function noServer(dataFolder: string): AppError {
  return new AppError('unavailable', {
    message:
      `No Ratchet server runs on "${dataFolder}". Start one with: ratchet up ` +
      '(or point RATCHET_URL and RATCHET_KEY at one that runs elsewhere).',
    details: { dataFolder },
  })
}
