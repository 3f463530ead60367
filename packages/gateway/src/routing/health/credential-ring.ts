/** One credential of a connection. */
export type RingItem = { readonly id: string; readonly value: string }

export type RingSettings = {
  /** Rest after a 429 without Retry-After; doubled for each further one, up to `maxRestMs`. */
  readonly restMs: number
  readonly maxRestMs: number
  /** A longer Retry-After than this is not believed. */
  readonly maxRetryAfterMs: number
  /** Rest after a refused credential or used-up credit. */
  readonly refusedRestMs: number
}

export const defaultRingSettings: RingSettings = {
  restMs: 2_000,
  maxRestMs: 60_000,
  maxRetryAfterMs: 600_000,
  refusedRestMs: 300_000,
}

/** Why a credential rests: the provider's limit for one model, or a refusal that holds for all. */
export type CredentialFailure =
  | { readonly kind: 'rate-limit'; readonly model: string; readonly retryAfterMs?: number | undefined }
  | { readonly kind: 'credential' }

/** A credential for `/metrics` and the console; never its value. */
export type CredentialReport = {
  readonly id: string
  /** The provider refused it, or its credit is used up; until a call with it succeeds. */
  readonly isRefused: boolean
  readonly readyInMs: number
  readonly uses: number
  readonly rateLimited: number
}

type Slot<Item> = {
  item: Item
  uses: number
  /** Order of the last use. */
  lastUse: number
  rateLimited: number
  isRefused: boolean
  refusedUntilMs: number
  /** Rests by model: limits of providers are mostly per model. */
  readonly rests: Map<string, Rest>
}
type Rest = { untilMs: number; level: number }

const maxRests = 200

/**
 * The credentials of one connection. The least recently used one that is ready is taken; one that was limited or
 * refused rests. When all rest, the one that is ready soonest is given all the same, because asking is better than
 * refusing: `readyAtMs` tells beforehand. Times are of one clock that never goes back.
 */
export class CredentialRing<Item extends RingItem> {
  readonly #settings: RingSettings
  #slots: Slot<Item>[] = []
  #useCount = 0

  constructor(items: readonly Item[], settings: Partial<RingSettings> = {}) {
    this.#settings = { ...defaultRingSettings, ...settings }
    this.replaceItems(items)
  }

  /** Takes a new list of credentials; those that stay keep their rests, those that are new or changed are ready. */
  replaceItems(items: readonly Item[]): void {
    const known = new Map(this.#slots.map((slot) => [slot.item.id, slot]))
    this.#slots = items.map((item) => {
      const slot = known.get(item.id)
      if (slot === undefined || slot.item.value !== item.value) return makeSlot(item)
      slot.item = item
      return slot
    })
  }

  /** Undefined when the connection has no credential, as servers of one's own may. */
  pick(model: string, nowMs: number): Item | undefined {
    let best: Slot<Item> | undefined
    let bestReadyMs = 0
    for (const slot of this.#slots) {
      const readyMs = Math.max(nowMs, readyAt(slot, model))
      const isBetter =
        best === undefined ||
        readyMs < bestReadyMs ||
        (readyMs === bestReadyMs && slot.lastUse < best.lastUse)
      if (!isBetter) continue
      best = slot
      bestReadyMs = readyMs
    }
    if (best === undefined) return undefined
    this.#useCount += 1
    best.lastUse = this.#useCount
    best.uses += 1
    return best.item
  }

  /** When the next credential is ready for this model; 0 when one is, or when there is none to wait for. */
  readyAtMs(model: string, nowMs: number): number {
    let soonest = Number.POSITIVE_INFINITY
    for (const slot of this.#slots) {
      const readyMs = readyAt(slot, model)
      if (readyMs <= nowMs) return 0
      if (readyMs < soonest) soonest = readyMs
    }
    return this.#slots.length === 0 ? 0 : soonest
  }

  /** Lets a credential rest. An unknown id (replaced meanwhile) is ignored. */
  failed(id: string, failure: CredentialFailure, nowMs: number): void {
    const slot = this.#slotOf(id)
    if (slot === undefined) return
    if (failure.kind === 'credential') {
      slot.isRefused = true
      slot.refusedUntilMs = nowMs + this.#settings.refusedRestMs
      return
    }
    slot.rateLimited += 1
    const { restMs, maxRestMs, maxRetryAfterMs } = this.#settings
    const rest = slot.rests.get(failure.model) ?? { untilMs: 0, level: 0 }
    const ownMs = Math.min(maxRestMs, restMs * 2 ** rest.level)
    const askedMs = failure.retryAfterMs
    const forMs = askedMs === undefined ? ownMs : Math.min(maxRetryAfterMs, Math.max(0, askedMs))
    // Calls that were under way together fail together; they are one incident.
    if (rest.untilMs <= nowMs) rest.level += 1
    rest.untilMs = Math.max(rest.untilMs, nowMs + forMs)
    if (slot.rests.size >= maxRests) forgetOver(slot.rests, nowMs)
    slot.rests.set(failure.model, rest)
  }

  succeeded(id: string, model: string): void {
    const slot = this.#slotOf(id)
    if (slot === undefined) return
    if (slot.isRefused) {
      slot.isRefused = false
      slot.refusedUntilMs = 0
    }
    if (slot.rests.size > 0) slot.rests.delete(model)
  }

  describe(nowMs: number): CredentialReport[] {
    return this.#slots.map((slot) => ({
      id: slot.item.id,
      isRefused: slot.isRefused,
      readyInMs: Math.max(
        0,
        slot.refusedUntilMs - nowMs,
        ...[...slot.rests.values()].map((rest) => rest.untilMs - nowMs),
      ),
      uses: slot.uses,
      rateLimited: slot.rateLimited,
    }))
  }

  #slotOf(id: string): Slot<Item> | undefined {
    for (const slot of this.#slots) if (slot.item.id === id) return slot
    return undefined
  }
}

function makeSlot<Item>(item: Item): Slot<Item> {
  return {
    item,
    uses: 0,
    lastUse: 0,
    rateLimited: 0,
    isRefused: false,
    refusedUntilMs: 0,
    rests: new Map(),
  }
}

function readyAt(slot: Slot<RingItem>, model: string): number {
  if (slot.rests.size === 0) return slot.refusedUntilMs
  return Math.max(slot.refusedUntilMs, slot.rests.get(model)?.untilMs ?? 0)
}

/** Rests that are over, else the oldest: names of models are the callers' to invent. */
function forgetOver(rests: Map<string, Rest>, nowMs: number): void {
  for (const [model, rest] of rests) if (rest.untilMs <= nowMs) rests.delete(model)
  for (const model of rests.keys()) {
    if (rests.size < maxRests) return
    rests.delete(model)
  }
}
