/** Parts of a sliding window: what was used leaves it part by part, at most a sixteenth of the window late. */
const slidingParts = 16

export type WindowKind = 'sliding' | 'fixed'

/**
 * Counts use in a window of time, in constant memory and time. A fixed window starts anew at every multiple of its
 * length. A sliding one is kept in sixteen parts and the one that is filling, and counts all of them: it is never below
 * the true use of the last window, so a limit holds at every moment, and never above that of a window longer by one part.
 * A clock that steps back by less counts into the newest part; by more than the window, the counter starts anew.
 */
export class WindowCounter {
  readonly kind: WindowKind
  readonly windowMs: number
  /** Length of one part in milliseconds; parts are numbered since 1970. */
  readonly partMs: number
  readonly #parts: number[]
  #newest = 0
  #sum = 0

  constructor(kind: WindowKind, windowMs: number) {
    this.kind = kind
    this.windowMs = windowMs
    this.partMs = kind === 'fixed' ? windowMs : windowMs / slidingParts
    this.#parts = Array.from({ length: kind === 'fixed' ? 1 : slidingParts + 1 }, () => 0)
  }

  used(nowMs: number): number {
    this.#advance(nowMs)
    return this.#sum
  }

  add(amount: number, nowMs: number): void {
    this.#advance(nowMs)
    this.#change(this.#newest, amount)
  }

  /** Adds what was used evenly between two times; only what falls into the present window is counted. */
  addOver(
    amount: number,
    { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
    nowMs: number,
  ): void {
    this.#advance(nowMs)
    const endMs = Math.min(toMs, nowMs)
    const startMs = Math.min(fromMs, endMs)
    const first = this.#newest - this.#parts.length + 1
    const from = Math.max(first, Math.floor(startMs / this.partMs))
    const to = Math.min(this.#newest, Math.floor(endMs / this.partMs))
    // Differences of rounded running sums add up to the whole. What took no time was used all at once.
    const usedBy = (atMs: number): number =>
      atMs >= endMs ? amount : Math.round((amount * Math.max(0, atMs - startMs)) / (endMs - startMs))
    let before = from * this.partMs > startMs ? usedBy(from * this.partMs) : 0
    for (let part = from; part <= to; part++) {
      const until = part === to ? amount : usedBy((part + 1) * this.partMs)
      this.#change(part, until - before)
      before = until
    }
  }

  /** Takes back what was added at `atMs`; does nothing when that has left the window. */
  takeBack(amount: number, atMs: number): void {
    const part = Math.min(Math.floor(atMs / this.partMs), this.#newest)
    if (part > this.#newest - this.#parts.length) this.#change(part, -amount)
  }

  /** Milliseconds until at least `amount` of what is used now has left the window; infinite when there is not so much. */
  msUntilFreed(amount: number, nowMs: number): number {
    this.#advance(nowMs)
    if (amount <= 0) return 0
    let freed = 0
    for (let part = this.#newest - this.#parts.length + 1; part <= this.#newest; part++) {
      freed += this.#at(part)
      if (freed >= amount) return this.#leavesAt(part) - nowMs
    }
    return Number.POSITIVE_INFINITY
  }

  /** Milliseconds until the window is empty if nothing more is used. */
  msUntilEmpty(nowMs: number): number {
    this.#advance(nowMs)
    for (let part = this.#newest; part > this.#newest - this.#parts.length; part--) {
      if (this.#at(part) > 0) return this.#leavesAt(part) - nowMs
    }
    return 0
  }

  /** Numbers and amounts of the parts in use, oldest first, for another process to add to its own. */
  parts(nowMs: number): [part: number, amount: number][] {
    this.#advance(nowMs)
    const list: [number, number][] = []
    for (let part = this.#newest - this.#parts.length + 1; part <= this.#newest; part++) {
      if (this.#at(part) > 0) list.push([part, this.#at(part)])
    }
    return list
  }

  /** Replaces all that is counted; parts outside the window are left out. */
  replace(parts: readonly (readonly [part: number, amount: number])[], nowMs: number): void {
    this.#clear()
    this.#advance(nowMs)
    for (const [part, amount] of parts) {
      // Clocks of two machines differ a little: what is said to be of the future counts as now.
      const near = Math.min(part, this.#newest)
      if (near > this.#newest - this.#parts.length) this.#change(near, amount)
    }
  }

  #leavesAt(part: number): number {
    return (part + this.#parts.length) * this.partMs
  }

  #at(part: number): number {
    return this.#parts[mod(part, this.#parts.length)] ?? 0
  }

  #change(part: number, amount: number): void {
    const place = mod(part, this.#parts.length)
    const before = this.#parts[place] ?? 0
    const after = Math.max(0, before + amount)
    this.#parts[place] = after
    this.#sum += after - before
  }

  #advance(nowMs: number): void {
    const part = Math.floor(nowMs / this.partMs)
    const steps = part - this.#newest
    if (steps === 0) return
    const { length } = this.#parts
    if (steps < 0) {
      if (-steps <= length) return
      this.#clear()
    } else if (steps >= length) this.#clear()
    else for (let passed = this.#newest + 1; passed <= part; passed++) this.#change(passed, -this.#at(passed))
    this.#newest = part
  }

  #clear(): void {
    this.#parts.fill(0)
    this.#sum = 0
  }
}

function mod(value: number, size: number): number {
  return ((value % size) + size) % size
}
