import type { RateAnswer, RateReport } from '@ratchet/contract'
import { WindowCounter } from '@ratchet/core/limits'
import { Account, type Verdict } from './account.ts'
import type { LimitFacts } from '../limit-facts.ts'
import type { LimitPeers } from './limit-peers.ts'
import type { LimitRule } from './limit-rule.ts'

/** An allowance that is older is not used: meanwhile control may have given it to another process. */
const allowanceMs = 1_000
/** An allowance should last so long at the present speed. */
const horizonMs = 1_000
/** After a useless question, calls are refused without asking for a moment. */
const restMs = 200
/** What running calls and other processes hold comes back when they end; nobody knows when. */
const unknownMs = 1_000
/** Without a call for so long, an allowance goes back: others may wait for it. */
const quietMs = 200

type Window = { readonly windowMs: number; readonly window: 'sliding' | 'fixed' }

/** Requests, tokens or money within a window. Requests count when they begin; the rest is reserved, and counts when known. */
export class RateAccount extends Account {
  readonly #window: Window
  readonly #own: WindowCounter
  #others: WindowCounter | undefined
  #reserved = 0
  #allowance = 0
  #lapsesAtMs = 0
  #refuseUntilMs = 0
  #takenSinceReport = 0
  #reportedAtMs: number
  #heardMs = 0
  #target = 0

  constructor(rule: LimitRule, subject: string, parts: { peers: LimitPeers; nowMs: number }) {
    super(rule, subject, parts)
    this.#window = windowOf(rule)
    this.#own = new WindowCounter(this.#window.window, this.#window.windowMs)
    this.#reportedAtMs = parts.nowMs
  }

  override check(amount: number, nowMs: number): Verdict {
    const { limit } = this.rule
    const own = this.#own.used(nowMs) + this.#reserved
    const used = this.#others === undefined ? own : own + this.#others.used(nowMs)
    // What is larger than the whole limit passes when nothing else is in the window; else it never could.
    if (used + amount > limit && (used > 0 || limit <= 0)) return 'full'
    const { peers } = this
    if (peers.gateways <= 1 || !peers.hasControl) return 'admit'
    if (peers.isUnreachable) return this.checkAlone(amount, nowMs)
    if (Math.min(amount, limit) <= this.#allowance && nowMs < this.#lapsesAtMs) return 'admit'
    return nowMs < this.#refuseUntilMs ? 'full' : 'ask'
  }

  override take(amount: number, nowMs: number): void {
    if (this.rule.measure === 'requests') this.#own.add(amount, nowMs)
    else this.#reserved += amount
    this.#allowance -= amount
    this.#takenSinceReport += amount
    this.lastUseMs = nowMs
    this.peers.touchRate(this)
    if (this.#allowance < this.#target / 4 && this.peers.gateways > 1) this.peers.hurry()
  }

  override settle(taken: number, used: number, nowMs: number): void {
    if (this.rule.measure === 'requests') return
    this.#reserved -= taken
    this.#allowance += taken - used
    this.#own.add(used, nowMs)
    this.peers.touchRate(this)
  }

  override release(taken: number, takenAtMs: number): void {
    if (this.rule.measure === 'requests') this.#own.takeBack(taken, takenAtMs)
    else this.#reserved -= taken
    this.#allowance += taken
    this.peers.touchRate(this)
  }

  override checkAlone(amount: number, nowMs: number): Verdict {
    const own = this.#own.used(nowMs) + this.#reserved
    return own === 0 || own + amount <= this.rule.limit / this.peers.gateways ? 'admit' : 'full'
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

  override used(nowMs: number): number {
    return this.#own.used(nowMs) + this.#reserved + (this.#others?.used(nowMs) ?? 0)
  }

  override resetMs(nowMs: number): number {
    return this.#allUse(nowMs).msUntilEmpty(nowMs)
  }

  override facts(amount: number, nowMs: number): LimitFacts {
    const { rule } = this
    const all = this.#allUse(nowMs)
    const used = this.used(nowMs)
    const resetMs = all.msUntilEmpty(nowMs)
    const isProvisional = used + amount <= rule.limit
    const freedMs = all.msUntilFreed(used + Math.min(amount, rule.limit) - rule.limit, nowMs)
    return {
      kind: 'rate',
      name: rule.name,
      scope: rule.scope,
      subject: this.subject,
      measure: rule.measure,
      per: { windowMs: this.#window.windowMs },
      limit: rule.limit,
      used,
      isProvisional,
      resetMs,
      retryAfterMs: isProvisional || !Number.isFinite(freedMs) ? unknownMs : Math.max(freedMs, 1),
    }
  }

  override isForgettable(nowMs: number): boolean {
    const isIdle = nowMs - this.lastUseMs > 2 * this.#window.windowMs
    return isIdle && this.#reserved === 0 && !this.isTouched && (this.waiting?.size ?? 0) === 0
  }

  /** What to tell control; allowance beyond the present need is given back with it. */
  report(nowMs: number): RateReport {
    const elapsedMs = Math.max(1, nowMs - this.#reportedAtMs)
    const waits = this.waitingAmount()
    const isShared = this.peers.gateways > 1
    this.#target = isShared ? Math.ceil((this.#takenSinceReport * horizonMs) / elapsedMs) + waits : 0
    if (nowMs >= this.#lapsesAtMs) this.#allowance = 0
    const held = Math.max(0, Math.min(this.#allowance, this.#target))
    this.#allowance = held
    this.#takenSinceReport = 0
    this.#reportedAtMs = nowMs
    const { rule } = this
    return {
      project: rule.project,
      name: rule.name,
      subject: `${rule.scope}:${this.subject}`,
      measure: rule.measure === 'budget' ? 'cost' : rule.measure,
      limit: rule.limit,
      ...this.#window,
      parts: this.#own.parts(nowMs),
      running: this.#reserved,
      held,
      want: Math.max(0, this.#target - held),
      need: Math.max(0, Math.min(this.firstWaitingAmount(), rule.limit) - held),
    }
  }

  onAnswer(answer: RateAnswer, nowMs: number): void {
    if (answer.others.length > 0 || this.#others !== undefined) {
      this.#others ??= new WindowCounter(this.#window.window, this.#window.windowMs)
      this.#others.replace(answer.others, nowMs)
    }
    this.#heardMs = this.#reportedAtMs
    this.#allowance += answer.grant
    this.#lapsesAtMs = this.#reportedAtMs + allowanceMs
  }

  /** Holds an allowance without calls, which only a report can give back. */
  holdsTooMuch(nowMs: number): boolean {
    return this.#allowance > 0 && nowMs - this.lastUseMs >= quietMs && this.waitingAmount() === 0
  }

  get held(): number {
    return this.#allowance
  }

  #allUse(nowMs: number): WindowCounter {
    if (this.#others === undefined) return this.#own
    const all = new WindowCounter(this.#window.window, this.#window.windowMs)
    all.replace([...this.#own.parts(nowMs), ...this.#others.parts(nowMs)], nowMs)
    return all
  }
}

function windowOf({ config }: LimitRule): Window {
  if (!('measure' in config)) throw new TypeError('a budget has no window')
  return { windowMs: config.windowSeconds * 1_000, window: config.window }
}
