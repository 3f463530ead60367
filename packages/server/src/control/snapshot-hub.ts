import type {
  CacheForget,
  Snapshot,
  SnapshotConnection,
  SnapshotDeployment,
  SnapshotKey,
} from '@ratchet/contract'

/** Kept answers that gateways must not give again, and since when all of them are listed. */
type ListedForgets = Pick<Snapshot, 'cacheForgetsSinceMs'> & {
  readonly cacheForgets: readonly CacheForget[]
}

/** What the features contribute to the gateway's snapshot. */
export type SnapshotSources = {
  readonly projects: () => Promise<Snapshot['projects']>
  readonly keys: () => Promise<{ keys: readonly SnapshotKey[]; revokedPublicIds: readonly string[] }>
  readonly connections: () => Promise<readonly SnapshotConnection[]>
  readonly deployments: () => Promise<readonly SnapshotDeployment[]>
  readonly gateway: () => Promise<Snapshot['gateway']>
  readonly cacheForgets: () => Promise<ListedForgets>
}

type HubParts = {
  readonly sources: SnapshotSources
  readonly tokenKey: string
  readonly limits: Snapshot['limits']
  readonly clock: { now(): number }
  readonly log: { error(details: object, message: string): void }
}

/**
 * Compiles the gateway's snapshot and hands each new version to every listener.
 * Several changes at once become one compile; a compile that fails keeps the last good version.
 */
export class SnapshotHub {
  readonly #parts: HubParts
  readonly #listeners = new Set<(snapshot: Snapshot) => void>()
  #current: Snapshot | undefined
  #compiling: Promise<void> | undefined
  #isDirty = false

  constructor(parts: HubParts) {
    this.#parts = parts
  }

  /** Tells the hub that something the gateway serves has changed. */
  changed = (): void => {
    this.#isDirty = true
    this.#compiling ??= this.#compileUntilClean().finally(() => {
      this.#compiling = undefined
      if (this.#isDirty) this.changed()
    })
  }

  async current(): Promise<Snapshot> {
    if (this.#current && !this.#isDirty) return this.#current
    this.changed()
    await this.#compiling
    if (!this.#current) throw new Error('the snapshot could not be compiled; see the log')
    return this.#current
  }

  /** Calls `listener` on every later version until the returned function is called. */
  subscribe(listener: (snapshot: Snapshot) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async #compileUntilClean(): Promise<void> {
    // Let the change that woke us finish its transaction's neighbours first.
    await Promise.resolve()
    while (this.#isDirty) {
      this.#isDirty = false
      try {
        this.#publish(await this.#compile())
      } catch (error) {
        this.#parts.log.error({ error }, 'the gateway snapshot could not be compiled; the last version stays')
      }
    }
  }

  async #compile(): Promise<Snapshot> {
    const { sources, tokenKey, limits, clock } = this.#parts
    const [projects, keys, connections, deployments, gateway, forgets] = await Promise.all([
      sources.projects(),
      sources.keys(),
      sources.connections(),
      sources.deployments(),
      sources.gateway(),
      sources.cacheForgets(),
    ])
    const madeAtMs = clock.now()
    return {
      version: Math.max(madeAtMs, (this.#current?.version ?? 0) + 1),
      madeAtMs,
      projects,
      keys: [...keys.keys],
      revokedPublicIds: [...keys.revokedPublicIds],
      connections: [...connections],
      deployments: [...deployments],
      gateway,
      cacheForgets: [...forgets.cacheForgets],
      cacheForgetsSinceMs: forgets.cacheForgetsSinceMs,
      tokenKey,
      limits,
    }
  }

  #publish(snapshot: Snapshot): void {
    this.#current = snapshot
    for (const listener of this.#listeners) listener(snapshot)
  }
}
