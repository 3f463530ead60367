import type { ModelRequest } from '../formats/chat-request.ts'
import { HeldLimits } from '../limits/held-limits.ts'
import type { Admitted, Refusal, Refused, Ticket, Waiter } from '../limits/limited-call.ts'
import type { CompiledRoute, CompiledTarget } from '../routing/compiled-route.ts'
import type { Candidate } from '../routing/plan-targets.ts'
import type { CallFacts } from './call-facts.ts'
import type { CallRecord } from './spans/call-record.ts'
import { ExpectedUse } from './spans/expected-use.ts'
import type { Exchange } from './exchange.ts'

/** The call that has to pass; told one of the two for each `admit`, at once or when its turn has come. */
export type LimitedOwner = {
  readonly exchange: Exchange
  readonly request: ModelRequest
  readonly route: CompiledRoute
  readonly onAdmitted: (candidate: Candidate) => void
  readonly onLimited: (candidate: Candidate, refusal: Refusal) => void
}

/** The limits of one call: all of them before it begins, those of the model again for each further model that is asked. */
export class CallLimits implements Waiter {
  readonly #owner: LimitedOwner
  readonly #facts: CallFacts
  readonly #record: CallRecord
  #candidate: Candidate | undefined
  #ticket: Ticket | undefined

  constructor(owner: LimitedOwner, parts: { readonly facts: CallFacts; readonly record: CallRecord }) {
    this.#owner = owner
    this.#facts = parts.facts
    this.#record = parts.record
  }

  admit(candidate: Candidate): void {
    this.#candidate = candidate
    const held = this.#record.reservation
    held?.leaveTargets()
    const admission = this.#ask(candidate.target)
    if (admission.ok !== 'later') return this.onAdmission(admission)
    this.#ticket = admission.ticket
    admission.ticket.wait(this)
  }

  onAdmission(admission: Admitted | Refused): void {
    this.#ticket = undefined
    const candidate = this.#candidate
    if (candidate === undefined) return
    if (!admission.ok) return this.#owner.onLimited(candidate, admission.refusal)
    const { name } = candidate.target
    const held = this.#record.reservation
    if (held === undefined) this.#record.reservation = new HeldLimits(admission.reservation, name)
    else held.hold(name, admission.reservation)
    this.#owner.onAdmitted(candidate)
  }

  /** For a model that is asked beside another one: its limits let it begin now, or it is not asked. */
  mayJoin({ target }: Candidate): boolean {
    const held = this.#record.reservation
    if (held === undefined || held.holds(target.name)) return true
    const admission = this.#ask(target)
    if (admission.ok === 'later') admission.ticket.leave()
    if (admission.ok !== true) return false
    held.hold(target.name, admission.reservation)
    return true
  }

  /** The client went away. */
  leave(): void {
    this.#ticket?.leave()
  }

  #ask(target: CompiledTarget) {
    const { exchange, route } = this.#owner
    const { limits } = exchange.parts
    const subjects = exchange.limitSubjects(target.name, route.name)
    const estimate = new ExpectedUse(this.#owner.request, this.#facts, target)
    return this.#record.reservation === undefined
      ? limits.begin(subjects, estimate, Date.now())
      : limits.beginTarget(subjects, estimate, Date.now())
  }
}
