import { CredentialRing, type CredentialReport, type RingItem, type RingSettings } from './credential-ring.ts'

/** A connection as far as its credentials go. */
export type RingSource<Item> = {
  readonly project: string
  readonly name: string
  readonly credentials: readonly Item[]
}

/**
 * The credential rings of all connections; one for the whole process, so that rests outlive snapshots. A connection
 * of a new snapshot hands its credentials to the ring of its name when it is first asked for.
 */
export class CredentialRings<Item extends RingItem> {
  readonly #rings = new Map<string, CredentialRing<Item>>()
  /** Calls of an older snapshot must not put its credentials back, and no key has to be built for them. */
  readonly #bySource = new WeakMap<RingSource<Item>, CredentialRing<Item>>()
  readonly #settings: Partial<RingSettings>

  constructor(settings: Partial<RingSettings> = {}) {
    this.#settings = settings
  }

  of(source: RingSource<Item>): CredentialRing<Item> {
    const known = this.#bySource.get(source)
    if (known !== undefined) return known
    const key = keyOf(source)
    let ring = this.#rings.get(key)
    if (ring === undefined)
      this.#rings.set(key, (ring = new CredentialRing(source.credentials, this.#settings)))
    else ring.replaceItems(source.credentials)
    this.#bySource.set(source, ring)
    return ring
  }

  /** Lets go of the rings of connections that are no more. */
  keepOnly(sources: Iterable<{ readonly project: string; readonly name: string }>): void {
    const used = new Set<string>()
    for (const source of sources) used.add(keyOf(source))
    for (const key of this.#rings.keys()) if (!used.has(key)) this.#rings.delete(key)
  }

  /** By `project connection`. */
  describe(nowMs: number): { readonly key: string; readonly credentials: CredentialReport[] }[] {
    return [...this.#rings].map(([key, ring]) => ({ key, credentials: ring.describe(nowMs) }))
  }
}

function keyOf({ project, name }: { readonly project: string; readonly name: string }): string {
  return `${project} ${name}`
}
