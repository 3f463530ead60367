const buckets = 10

/** Successes and failures of the last while, in ten steps that fall out one by one; its size never changes. */
export class ErrorWindow {
  readonly #bucketMs: number
  readonly #succeeded = new Int32Array(buckets)
  readonly #failed = new Int32Array(buckets)
  #newest = Number.NEGATIVE_INFINITY
  calls = 0
  failures = 0

  constructor(windowMs: number) {
    this.#bucketMs = Math.max(1, windowMs / buckets)
  }

  /** A clock that goes back counts into the newest step. */
  add(isFailure: boolean, nowMs: number): void {
    this.advance(nowMs)
    const slot = this.#newest % buckets
    const counts = isFailure ? this.#failed : this.#succeeded
    counts[slot] = (counts[slot] ?? 0) + 1
    this.calls += 1
    if (isFailure) this.failures += 1
  }

  /** Forgets what is too old; figures are right after this. */
  advance(nowMs: number): void {
    const now = Math.max(0, Math.floor(nowMs / this.#bucketMs))
    if (now <= this.#newest) return
    if (now - this.#newest >= buckets) {
      this.clear()
      this.#newest = now
      return
    }
    while (this.#newest < now) {
      this.#newest += 1
      this.#drop(this.#newest % buckets)
    }
  }

  clear(): void {
    this.#succeeded.fill(0)
    this.#failed.fill(0)
    this.calls = 0
    this.failures = 0
  }

  /** From 0 to 1; 0 without a call. */
  errorShare(): number {
    return this.calls === 0 ? 0 : this.failures / this.calls
  }

  #drop(slot: number): void {
    const failed = this.#failed[slot] ?? 0
    this.calls -= failed + (this.#succeeded[slot] ?? 0)
    this.failures -= failed
    this.#failed[slot] = 0
    this.#succeeded[slot] = 0
  }
}
