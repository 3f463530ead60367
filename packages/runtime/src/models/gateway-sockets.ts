import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Pool, type Dispatcher } from 'undici'

/**
 * The gateways of this machine on their own sockets, where they answer also when they stop and take no connections any more:
 * the calls that they still have to end need models, too.
 */
export class GatewaySockets {
  readonly #runFolder: string
  readonly #clients = new Map<string, Pool>()

  constructor(runFolder: string) {
    this.#runFolder = runFolder
  }

  list(): Dispatcher[] {
    return this.#sockets().map((socketPath) => {
      const known = this.#clients.get(socketPath)
      if (known !== undefined) return known
      // The deadline of each call covers headers and body.
      const client = new Pool('http://gateway', {
        socketPath,
        headersTimeout: 0,
        bodyTimeout: 0,
        pipelining: 1,
      })
      this.#clients.set(socketPath, client)
      return client
    })
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.destroy()))
  }

  #sockets(): string[] {
    try {
      return readdirSync(this.#runFolder)
        .filter((file) => /^gateway(?:-\d+)?\.json$/.test(file))
        .flatMap((file) => readSocket(join(this.#runFolder, file)) ?? [])
    } catch {
      // No folder, no gateways.
      return []
    }
  }
}

function readSocket(path: string): string | undefined {
  try {
    const { socket } = JSON.parse(readFileSync(path, 'utf8')) as { socket?: unknown }
    return typeof socket === 'string' ? socket : undefined
  } catch {
    // A gateway that has just gone takes its record along.
    return undefined
  }
}
