import type { Account } from './accounts/account.ts'
import type { LimitFacts } from './limit-facts.ts'
import type { LimitRule } from './accounts/limit-rule.ts'
import type { CallUse } from './limit-subjects.ts'
import { rateHeaders } from './rate-headers.ts'

/** What a call that may go on holds of its limits. One of the two ends it; later ones do nothing. */
export type Reservation = {
  /** The call used this much, however it ended: answered, cut off, aborted by the client. */
  readonly settle: (use: CallUse) => void
  /** Nothing was processed. */
  readonly release: () => void
  /** Another model is asked from here on; the limits of this one are told what it used. */
  readonly leaveTarget: (use: CallUse) => void
  /** What it counts in now. */
  readonly accounts: readonly Account[]
  /** `x-ratelimit-*` in the flat form of `writeHead`; empty without a limit of requests or tokens. */
  readonly headers: (nowMs: number) => readonly string[]
}

export type Admitted = { readonly ok: true; readonly reservation: Reservation }
export type Refused = { readonly ok: false; readonly refusal: Refusal }
/** The call has to wait: for its turn, or some milliseconds for control's word. */
export type Waiting = { readonly ok: 'later'; readonly ticket: Ticket }
export type Admission = Admitted | Refused | Waiting

/** Why a call may not begin; `waitedMs` is absent when it was refused at once. */
export type Refusal = LimitFacts & {
  readonly waitedMs?: number
  /** The limit of money takes no calls of this model, because nobody knows what they cost. */
  readonly unpricedModel?: string
}

export type Waiter = { readonly onAdmission: (admission: Admitted | Refused) => void }

/** A place in a line. The waiter is told exactly once, never within `wait`, unless it leaves. */
export type Ticket = {
  readonly wait: (waiter: Waiter) => void
  /** The client went away. */
  readonly leave: () => void
}

/** What a call needs of the engine. */
export type CallHost = {
  readonly nowMs: () => number
  /** Something was freed: somebody may be waiting for it. */
  readonly onFreed: (account: Account) => void
  readonly onLeft: (call: LimitedCall) => void
}

/** A call under limits: its place in line while it waits, its reservation while it runs. */
export class LimitedCall implements Reservation, Ticket {
  accounts: readonly Account[]
  readonly priority: number
  readonly arrivedMs: number
  readonly #estimate: CallUse
  readonly #host: CallHost
  #takenAtMs = 0
  #isRunning = false
  #waiter: Waiter | undefined
  /** Where it waits, and until when. */
  blockedBy: Account | undefined
  deadlineMs = 0

  constructor(
    accounts: readonly Account[],
    estimate: CallUse,
    parts: { host: CallHost; priority: number; nowMs: number },
  ) {
    this.accounts = accounts
    this.#estimate = estimate
    this.#host = parts.host
    this.priority = parts.priority
    this.arrivedMs = parts.nowMs
  }

  amountFor(rule: LimitRule): number {
    return rule.amountOf(this.#estimate)
  }

  take(nowMs: number): void {
    this.#isRunning = true
    this.#takenAtMs = nowMs
    for (const account of this.accounts) account.take(account.rule.amountOf(this.#estimate), nowMs)
  }

  settle(use: CallUse): void {
    if (!this.#isRunning) return
    this.#isRunning = false
    const nowMs = this.#host.nowMs()
    for (const account of this.accounts) {
      const { rule } = account
      account.settle(rule.amountOf(this.#estimate), rule.amountOf(use), nowMs)
      if (account.waiting !== undefined) this.#host.onFreed(account)
    }
  }

  leaveTarget(use: CallUse): void {
    if (!this.#isRunning || !this.accounts.some(isOfModel)) return
    const nowMs = this.#host.nowMs()
    for (const account of this.accounts) {
      if (!isOfModel(account)) continue
      const { rule } = account
      account.settle(rule.amountOf(this.#estimate), rule.amountOf(use), nowMs)
      if (account.waiting !== undefined) this.#host.onFreed(account)
    }
    this.accounts = this.accounts.filter((account) => !isOfModel(account))
  }

  release(): void {
    if (!this.#isRunning) return
    this.#isRunning = false
    const nowMs = this.#host.nowMs()
    for (const account of this.accounts) {
      account.release(account.rule.amountOf(this.#estimate), this.#takenAtMs, nowMs)
      if (account.waiting !== undefined) this.#host.onFreed(account)
    }
  }

  headers(nowMs: number): readonly string[] {
    return rateHeaders(this.accounts, nowMs)
  }

  wait(waiter: Waiter): void {
    this.#waiter = waiter
  }

  leave(): void {
    this.#waiter = undefined
    this.#host.onLeft(this)
  }

  decide(admission: Admitted | Refused): void {
    const waiter = this.#waiter
    this.#waiter = undefined
    if (waiter !== undefined) waiter.onAdmission(admission)
    // Nobody is there to run the call.
    else if (admission.ok) admission.reservation.release()
  }
}

function isOfModel({ rule }: Account): boolean {
  return rule.scope === 'model'
}
