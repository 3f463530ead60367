import type { CacheHeld, CacheReport } from '@ratchet/contract'

type Reported = { readonly atMs: number; readonly policies: CacheReport['policies'] }

/** A gateway that has not reported for so long is gone; those that keep something report every 20 seconds. */
const silentMs = 60_000

/** What gateways keep now, as they last said. */
export class HeldBoard {
  readonly #instances = new Map<string, Reported>()

  note({ instance, isLast, policies }: CacheReport, nowMs: number): void {
    if (isLast) this.#instances.delete(instance)
    else this.#instances.set(instance, { atMs: nowMs, policies })
    for (const [other, { atMs }] of this.#instances)
      if (nowMs - atMs > silentMs) this.#instances.delete(other)
  }

  gateways(nowMs: number): number {
    return this.#alive(nowMs).length
  }

  /** By policy of a project, over all gateways. */
  heldOf(project: string, nowMs: number): ReadonlyMap<string, CacheHeld> {
    const held = new Map<string, CacheHeld>()
    for (const { policies } of this.#alive(nowMs)) {
      for (const each of policies) {
        if (each.project === project)
          held.set(each.policy, addHeld(held.get(each.policy) ?? nothingHeld, each.held))
      }
    }
    return held
  }

  #alive(nowMs: number): Reported[] {
    return [...this.#instances.values()].filter(({ atMs }) => nowMs - atMs <= silentMs)
  }
}

export const nothingHeld: CacheHeld = { memoryAnswers: 0, memoryBytes: 0, diskAnswers: 0, diskBytes: 0 }

export function addHeld(a: CacheHeld, b: CacheHeld): CacheHeld {
  return {
    memoryAnswers: a.memoryAnswers + b.memoryAnswers,
    memoryBytes: a.memoryBytes + b.memoryBytes,
    diskAnswers: a.diskAnswers + b.diskAnswers,
    diskBytes: a.diskBytes + b.diskBytes,
  }
}
