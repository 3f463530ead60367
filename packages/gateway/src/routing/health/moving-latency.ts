const memoryMs = 10_000
const leastWeight = 0.05

/**
 * Average of times in which newer ones count more: what was measured ten seconds before a new time keeps a share of
 * 1/e. Times that come together count a twentieth each, so one slow call among many does not decide.
 */
export class MovingLatency {
  #valueMs: number | undefined
  #lastMs = 0

  get valueMs(): number | undefined {
    return this.#valueMs
  }

  observe(timeMs: number, nowMs: number): void {
    if (!(timeMs >= 0) || timeMs === Number.POSITIVE_INFINITY) return
    if (this.#valueMs === undefined) this.#valueMs = timeMs
    else {
      const ageMs = Math.max(0, nowMs - this.#lastMs)
      const weight = Math.max(leastWeight, 1 - Math.exp(-ageMs / memoryMs))
      this.#valueMs += (timeMs - this.#valueMs) * weight
    }
    this.#lastMs = Math.max(this.#lastMs, nowMs)
  }
}
