import type { RateAnswer, RateReport } from '@ratchet/contract'
import { Account, type Verdict } from './account.ts'
import type { LimitFacts } from '../limit-facts.ts'

const idleMs = 60_000
const restMs = 200
/** Told to clients that are refused: a running call ends soon or late, nobody knows when. */
const retryAfterMs = 1_000

/** Calls that run at the same time. */
export class RunningAccount extends Account {
  #running = 0
  /** Calls that may begin before control is asked, while there are other processes. */
  #allowance = 0
  #refuseUntilMs = 0
  #runningElsewhere = 0
  #reportedAtMs = 0
  #heardMs = 0

  override check(_amount: number, nowMs: number): Verdict {
    const { limit } = this.rule
    if (this.#running + 1 > limit) return 'full'
    const { peers } = this
    if (peers.gateways <= 1 || !peers.hasControl) return 'admit'
    if (this.#allowance >= 1) return 'admit'
    if (peers.isUnreachable) return this.checkAlone()
    return nowMs < this.#refuseUntilMs ? 'full' : 'ask'
  }

  override take(_amount: number, nowMs: number): void {
    this.#running += 1
    this.#allowance -= 1
    this.lastUseMs = nowMs
    this.peers.touchRate(this)
  }

  override settle(): void {
    this.#end()
  }

  override release(): void {
    this.#end()
  }

  override checkAlone(): Verdict {
    return this.#running + 1 <= Math.max(1, this.rule.limit / this.peers.gateways) ? 'admit' : 'full'
  }

  override heardSince(ms: number): boolean {
    return this.#heardMs >= ms
  }

  override ask(): void {
    this.peers.touchRate(this)
    this.peers.hurry()
  }

  override stopAsking(nowMs: number): void {
    this.#refuseUntilMs = nowMs + restMs
  }

  override used(): number {
    return this.#running + this.#runningElsewhere
  }

  override resetMs(): number {
    return retryAfterMs
  }

  override facts(): LimitFacts {
    const { rule } = this
    return {
      kind: 'concurrency',
      name: rule.name,
      scope: rule.scope,
      subject: this.subject,
      measure: 'concurrency',
      per: undefined,
      limit: rule.limit,
      used: this.used(),
      isProvisional: this.used() < rule.limit,
      resetMs: retryAfterMs,
      retryAfterMs,
    }
  }

  override isForgettable(nowMs: number): boolean {
    const isIdle = nowMs - this.lastUseMs > idleMs && !this.isTouched
    return isIdle && this.#running === 0 && (this.waiting?.size ?? 0) === 0
  }

  /** What to tell control. Slots that nobody waits for are given back: others may. */
  report(nowMs: number): RateReport {
    this.#reportedAtMs = nowMs
    const isShared = this.peers.gateways > 1
    const waits = this.waitingAmount()
    const held = isShared ? Math.max(0, Math.min(this.#allowance, waits)) : 0
    this.#allowance = held
    const { rule } = this
    return {
      project: rule.project,
      name: rule.name,
      subject: `${rule.scope}:${this.subject}`,
      measure: 'concurrency',
      limit: rule.limit,
      window: 'fixed',
      windowMs: idleMs,
      parts: [],
      running: this.#running,
      held,
      want: isShared ? Math.max(0, waits - held) : 0,
      need: isShared && waits > held ? 1 : 0,
    }
  }

  onAnswer(answer: RateAnswer): void {
    this.#heardMs = this.#reportedAtMs
    this.#allowance += answer.grant
    this.#runningElsewhere = answer.others.reduce((sum, [, amount]) => sum + amount, 0)
  }

  /** Holds slots that nobody waits for, which only a report can give back. */
  holdsTooMuch(): boolean {
    return this.#allowance > this.waitingAmount()
  }

  get held(): number {
    return this.#allowance
  }

  #end(): void {
    this.#running -= 1
    this.#allowance += 1
    this.peers.touchRate(this)
  }
}
