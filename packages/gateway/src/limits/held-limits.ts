import type { Reservation } from './limited-call.ts'
import type { CallUse } from './limit-subjects.ts'
import { rateHeaders } from './rate-headers.ts'

type HeldTarget = {
  readonly model: string
  /** Undefined for the first model: its limits were admitted with those of the call. */
  readonly reservation: Reservation | undefined
  tokens: number
  costNano: number
}

/**
 * What one call holds of its limits while it asks one model after the other: those of its caller count all that it used,
 * those of a model only what that one used. The first model's are part of `call`.
 */
export class HeldLimits {
  readonly #call: Reservation
  readonly #targets: HeldTarget[]
  /** Used by models whose limits are not held any more. */
  #tokens = 0
  #costNano = 0

  constructor(call: Reservation, model: string) {
    this.#call = call
    this.#targets = [{ model, reservation: undefined, tokens: 0, costNano: 0 }]
  }

  /** Names of the limits and budgets that count what the call costs. */
  moneyLimits(): readonly string[] {
    const accounts = this.#targets.flatMap(({ reservation }) => reservation?.accounts ?? [])
    return [...this.#call.accounts, ...accounts].flatMap(({ rule }) => (rule.countsMoney ? rule.name : []))
  }

  holds(model: string): boolean {
    return this.#targets.some((target) => target.model === model)
  }

  /** An attempt that was not the last one used this much. */
  spend(model: string, { tokens, costNano }: CallUse): void {
    const target = this.#targets.find((each) => each.model === model)
    if (target === undefined) {
      this.#tokens += tokens
      this.#costNano += costNano
    } else {
      target.tokens += tokens
      target.costNano += costNano
    }
  }

  /** Nobody is asked now: models that were are told what they used, and have room for others. */
  leaveTargets(): void {
    for (const target of this.#targets) {
      if (target.reservation === undefined) this.#call.leaveTarget(target)
      else target.reservation.settle(target)
      this.#tokens += target.tokens
      this.#costNano += target.costNano
    }
    this.#targets.length = 0
  }

  hold(model: string, reservation: Reservation): void {
    this.#targets.push({ model, reservation, tokens: 0, costNano: 0 })
  }

  /** The last attempt used this much; the call is over. */
  settle(model: string, use: CallUse): void {
    this.spend(model, use)
    this.leaveTargets()
    this.#call.settle({ tokens: this.#tokens, costNano: this.#costNano })
  }

  /** Nothing was processed. */
  release(): void {
    for (const { reservation } of this.#targets) reservation?.release()
    this.#call.release()
  }

  /** Of all that is held, as {@link Reservation} gives them. */
  headers(nowMs: number): readonly string[] {
    const [only] = this.#targets
    if (this.#targets.length === 1 && only?.reservation === undefined) return this.#call.headers(nowMs)
    const more = this.#targets.flatMap(({ reservation }) => reservation?.accounts ?? [])
    return rateHeaders([...this.#call.accounts, ...more], nowMs)
  }
}
