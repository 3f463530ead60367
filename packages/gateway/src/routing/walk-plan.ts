import type { Candidate, Plan, PlanContext } from './plan-targets.ts'
import { readyAt } from './plan-targets.ts'

/** The candidates of a plan as a request tries them; lives as long as the request. */
export class PlanWalk {
  readonly plan: Plan
  readonly #left: Candidate[]
  #current: Candidate | undefined

  constructor(plan: Plan) {
    this.plan = plan
    this.#left = plan.candidates.slice(1)
    this.#current = plan.candidates[0]
  }

  /** Whom to ask now; undefined when the plan has no candidate, or all were tried. */
  get current(): Candidate | undefined {
    return this.#current
  }

  get hasNext(): boolean {
    return this.#left.length > 0
  }

  /** Who would be asked next; also the one to hedge with. Ready ones go before those whose breaker opened meanwhile. */
  peekNext(context: PlanContext): Candidate | undefined {
    return this.#left[this.#nextIndex(context)]
  }

  /** Moves on; each candidate comes at most once. */
  advance(context: PlanContext): Candidate | undefined {
    const [next] = this.#left.splice(this.#nextIndex(context), 1)
    this.#current = next
    return next
  }

  #nextIndex(context: PlanContext): number {
    const index = this.#left.findIndex(({ target }) => readyAt(target, context) <= context.nowMs)
    return Math.max(0, index)
  }
}
