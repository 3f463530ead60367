/** A call that may not take for ever. */
export type WatchedCall = {
  /** On the clock of `performance.now()`. */
  readonly deadlineAtMs: number
  /** When the provider is too long silent; Infinity while it owes nothing. */
  readonly idleAtMs: () => number
  readonly onDeadline: () => void
  readonly onIdle: () => void
  /** Place in the watch; its alone to change. -1: not watched. */
  watchIndex: number
}

const sweepMs = 40
/** A sweep that comes later than this follows a pause of our own. */
const pausedMs = 100
/** What was sent during a pause lies in the socket, or is sent again: providers have as long as we paused for it, up to this. */
const longestGraceMs = 1_000
const mostGraces = 5

/**
 * Looks at all running calls several times a second and ends those that are late. One timer for all: a timer
 * for each call would cost more than everything else that is done to account for it.
 */
export class CallWatch {
  // No Set: each table that it outgrows keeps its entries and points to the next one, so one table that V8 has
  // promoted keeps the calls of all later ones alive until the next full collection.
  readonly #calls: WatchedCall[] = []
  #timer: NodeJS.Timeout | undefined
  #sweptMs = 0
  #graceUntilMs = Number.NEGATIVE_INFINITY
  /** In a row. */
  #graces = 0

  add(call: WatchedCall): void {
    call.watchIndex = this.#calls.length
    this.#calls.push(call)
    if (this.#timer !== undefined) return
    this.#sweptMs = performance.now()
    this.#timer = setInterval(() => this.sweep(performance.now()), sweepMs)
  }

  delete(call: WatchedCall): void {
    const index = call.watchIndex
    const last = this.#calls.at(-1)
    if (index === -1 || last === undefined) return
    this.#calls[index] = last
    last.watchIndex = index
    this.#calls.pop()
    call.watchIndex = -1
  }

  /** One look at all calls, which should come every 40 ms. */
  sweep(nowMs: number): void {
    if (this.#calls.length === 0) {
      clearInterval(this.#timer)
      this.#timer = undefined
      return
    }
    if (this.#isOurPause(nowMs)) return
    // A call that ends leaves the list while it is walked.
    for (const call of this.#calls.slice()) {
      if (nowMs >= call.deadlineAtMs) call.onDeadline()
      else if (nowMs >= call.idleAtMs()) call.onIdle()
    }
  }

  /** Our pause must not count as the silence of providers. One after the other would let nobody be late: of several the last counts. */
  #isOurPause(nowMs: number): boolean {
    const stoodMs = nowMs - this.#sweptMs
    this.#sweptMs = nowMs
    if (nowMs < this.#graceUntilMs) return true
    const isGiven = stoodMs > pausedMs && this.#graces < mostGraces
    this.#graces = isGiven ? this.#graces + 1 : 0
    if (isGiven) this.#graceUntilMs = nowMs + Math.min(stoodMs, longestGraceMs)
    return isGiven
  }
}
