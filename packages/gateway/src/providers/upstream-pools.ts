import { buildConnector, Pool } from 'undici'
import type { CompiledConnection, CompiledSnapshot } from '../snapshot/compile-snapshot.ts'
import { checkLiteralAddress, guardedLookup } from './address-guard.ts'

type PoolParts = { readonly connectTimeoutMs: number }

/** One pool of kept-alive sockets per provider origin; private origins only for connections that allow them. */
export class UpstreamPools {
  readonly #parts: PoolParts
  readonly #pools = new Map<string, Pool>()

  constructor(parts: PoolParts) {
    this.#parts = parts
  }

  poolOf(connection: CompiledConnection): Pool {
    const key = keyOf(connection)
    const known = this.#pools.get(key)
    if (known !== undefined) return known
    const pool = makePool(connection, this.#parts)
    this.#pools.set(key, pool)
    return pool
  }

  /** Lets go of origins that no connection uses any more; calls that run on them finish. */
  useSnapshot(snapshot: CompiledSnapshot): void {
    const used = new Set<string>()
    for (const project of snapshot.projects.values()) {
      for (const connection of project.connections.values()) used.add(keyOf(connection))
    }
    for (const [key, pool] of this.#pools) {
      if (used.has(key)) continue
      this.#pools.delete(key)
      void pool.close()
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()))
  }
}

function keyOf(connection: CompiledConnection): string {
  return connection.allowPrivate ? `${connection.origin} private` : connection.origin
}

function makePool(connection: CompiledConnection, parts: PoolParts): Pool {
  const connect = buildConnector({
    timeout: parts.connectTimeoutMs,
    ...(connection.allowPrivate ? {} : { lookup: guardedLookup }),
  })
  return new Pool(connection.origin, {
    pipelining: 1,
    // Deadline and silence are watched for all calls together; undici would make and drop two timers for each.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 30_000,
    connect: (options, callback) => {
      try {
        if (!connection.allowPrivate) checkLiteralAddress(options.hostname)
      } catch (error) {
        return callback(error instanceof Error ? error : new Error(String(error)), null)
      }
      connect(options, callback)
    },
  })
}
