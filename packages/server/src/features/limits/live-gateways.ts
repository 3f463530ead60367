/** A process that says nothing for so long does not share limits any more. */
const silentMs = 6_000

/** Gateway processes that are alive: they report every two seconds at least. */
export class LiveGateways {
  readonly #seenMs = new Map<string, number>()

  note(instance: string, nowMs: number): void {
    this.#seenMs.set(instance, nowMs)
  }

  forget(instance: string): void {
    this.#seenMs.delete(instance)
  }

  alive(nowMs: number): ReadonlySet<string> {
    for (const [instance, seenMs] of this.#seenMs) {
      if (nowMs - seenMs > silentMs) this.#seenMs.delete(instance)
    }
    return new Set(this.#seenMs.keys())
  }
}
