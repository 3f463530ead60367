import type { LimitRule } from './accounts/limit-rule.ts'
import type { LimitedCall } from './limited-call.ts'

const priorities = 10

type Place = { readonly call: LimitedCall; before: Place | undefined; after: Place | undefined }
type Line = { first: Place | undefined; last: Place | undefined }

/** Calls that wait at one account: by priority, then by arrival. Joining and leaving cost the same however long it is. */
export class WaitingRoom {
  readonly #rule: LimitRule
  readonly #lines: Line[] = Array.from({ length: priorities }, () => ({ first: undefined, last: undefined }))
  readonly #places = new Map<LimitedCall, Place>()
  /** What all of them need, in the unit of the limit. */
  amount = 0

  constructor(rule: LimitRule) {
    this.#rule = rule
  }

  get size(): number {
    return this.#places.size
  }

  add(call: LimitedCall): void {
    const line = this.#lines[call.priority]
    if (line === undefined || this.#places.has(call)) return
    const place: Place = { call, before: line.last, after: undefined }
    if (line.last === undefined) line.first = place
    else line.last.after = place
    line.last = place
    this.#places.set(call, place)
    this.amount += call.amountFor(this.#rule)
  }

  remove(call: LimitedCall): void {
    const place = this.#places.get(call)
    const line = this.#lines[call.priority]
    if (place === undefined || line === undefined) return
    if (place.before === undefined) line.first = place.after
    else place.before.after = place.after
    if (place.after === undefined) line.last = place.before
    else place.after.before = place.before
    this.#places.delete(call)
    this.amount -= call.amountFor(this.#rule)
  }

  first(): LimitedCall | undefined {
    for (let priority = priorities - 1; priority >= 0; priority--) {
      const first = this.#lines[priority]?.first
      if (first !== undefined) return first.call
    }
    return undefined
  }

  /** True when a newcomer of this priority has somebody before it. */
  isBefore(priority: number): boolean {
    for (let above = priority; above < priorities; above++) {
      if (this.#lines[above]?.first !== undefined) return true
    }
    return false
  }

  calls(): Iterable<LimitedCall> {
    return this.#places.keys()
  }
}
