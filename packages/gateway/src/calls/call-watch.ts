/** A call that may not take for ever. */
export type WatchedCall = {
  /** On the clock of `performance.now()`. */
  readonly deadlineAtMs: number
  /** When the provider is too long silent; Infinity while it owes nothing. */
  readonly idleAtMs: () => number
  readonly onDeadline: () => void
  readonly onIdle: () => void
}

const sweepMs = 40

/**
 * Looks at all running calls several times a second and ends those that are late. One timer for all: a timer
 * for each call would cost more than everything else that is done to account for it.
 */
export class CallWatch {
  readonly #calls = new Set<WatchedCall>()
  #timer: NodeJS.Timeout | undefined

  add(call: WatchedCall): void {
    this.#calls.add(call)
    this.#timer ??= setInterval(() => this.#sweep(), sweepMs)
  }

  delete(call: WatchedCall): void {
    this.#calls.delete(call)
  }

  #sweep(): void {
    if (this.#calls.size === 0) {
      clearInterval(this.#timer)
      this.#timer = undefined
      return
    }
    const nowMs = performance.now()
    for (const call of this.#calls) {
      if (nowMs >= call.deadlineAtMs) call.onDeadline()
      else if (nowMs >= call.idleAtMs()) call.onIdle()
    }
  }
}
