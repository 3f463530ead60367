import type { BudgetAnswer, BudgetReport } from '@ratchet/contract'
import { periodAt, type CalendarPeriod } from '@ratchet/core/limits'
import { Account, type Verdict } from './account.ts'
import type { LimitFacts } from '../limit-facts.ts'
import type { LimitPeers } from './limit-peers.ts'
import type { LimitRule } from './limit-rule.ts'

/** An allowance should last so long at the present speed of spending; less when little is left for all. */
const horizonMs = 2_000
const scarceHorizonMs = 250
/** Little is left when less than this share of the limit is free to be given. */
const scarceShare = 1 / 20
/** After control said that nothing is left, calls are refused without asking for so long. */
const restMs = 1_000
/** Subjects without a call for so long give back what they hold and are forgotten. */
const idleMs = 600_000
/** Without a call for so long a process gives back what it holds. */
const quietMs = 2_000
/** After another process had to wait, nothing is held in advance for so long: asking takes less than being asked. */
const sparingMs = 10_000
/** Share of the limit that a process with calls holds at least. */
const activeShare = 1 / 200
/** Share that the only process holds for its next call, so that this need not wait for control. */
const aloneShare = 1 / 100

/**
 * Money in a calendar period. A process spends only what control allowed it to hold, so that all processes together stay
 * within the limit; spending is told to control afterwards. An account is for one period: the next gets another.
 */
export class BudgetAccount extends Account {
  readonly period: CalendarPeriod
  /** Allowance not spent yet; reserved amounts are part of it. Below zero when calls cost more than was estimated. */
  #held = 0
  #reserved = 0
  /** Spent and not in a report yet, and what is in the report that is under way. */
  #unreported = 0
  #reporting = 0
  /** By all processes, as far as control knows. */
  #spentByAll: number
  /** Nobody else holds anything and nothing is left to give: what we hold is the end of the budget. */
  #isLastPiece = false
  #isScarce = false
  #refuseUntilMs = 0
  #reportedAtMs: number
  #heardMs = 0
  #target = 0
  #lowWater = 0
  #isRetired = false
  #sparingUntilMs = 0
  #isRecalled = false

  constructor(rule: LimitRule, subject: string, parts: { peers: LimitPeers; nowMs: number }) {
    super(rule, subject, parts)
    if (!('period' in rule.config)) throw new TypeError('a limit has no period')
    this.period = periodAt(rule.config.period, parts.nowMs)
    this.#reportedAtMs = parts.nowMs
    this.#spentByAll = parts.peers.lastKnownSpend(this)
  }

  /** As control names it. */
  get key(): Pick<BudgetReport, 'project' | 'name' | 'subject' | 'period'> {
    const { project, name, scope } = this.rule
    return { project, name, subject: `${scope}:${this.subject}`, period: this.period.name }
  }

  get spentByAll(): number {
    return this.#spentByAll
  }

  override check(amount: number, nowMs: number): Verdict {
    if (amount <= 0 || this.rule.isWarning) return 'admit'
    const { peers } = this
    const room = this.#held - this.#reserved
    if (amount <= room) return 'admit'
    if (peers.isUnreachable || !peers.hasControl) return this.checkAlone(amount)
    // Less than a call may cost is left and nobody else can use it: one call at a time may end the budget.
    if (this.#isLastPiece && room > 0 && this.#reserved === 0) return 'admit'
    return nowMs < this.#refuseUntilMs ? 'full' : 'ask'
  }

  override take(amount: number, nowMs: number): void {
    this.#reserved += amount
    this.lastUseMs = nowMs
    this.#isRetired = false
    this.#tell()
    if (this.#held - this.#reserved < this.#lowWater && nowMs >= this.#refuseUntilMs) this.peers.hurry()
  }

  override settle(taken: number, used: number, nowMs: number): void {
    this.#reserved -= taken
    this.#held -= used
    this.#unreported += used
    this.#tell()
    if (nowMs < this.#sparingUntilMs && this.#reserved === 0) this.peers.hurry()
  }

  override release(taken: number): void {
    this.#reserved -= taken
    this.#tell()
  }

  override heardSince(ms: number): boolean {
    return this.#heardMs >= ms
  }

  override ask(): void {
    this.#tell()
    this.peers.hurry()
  }

  override stopAsking(nowMs: number): void {
    this.#refuseUntilMs = nowMs + restMs
  }

  override used(): number {
    return this.#spentByAll + this.#reporting + this.#unreported + this.#reserved
  }

  override resetMs(nowMs: number): number {
    return Math.max(0, this.period.endMs - nowMs)
  }

  override facts(amount: number, nowMs: number): LimitFacts {
    const { rule, period } = this
    const used = this.used()
    // What running calls have reserved and do not use comes back.
    const isHeldByCalls = this.#reserved > 0 && used - this.#reserved < rule.limit
    const isProvisional = isHeldByCalls || (!this.#isLastPiece && used + amount <= rule.limit)
    const untilEndMs = this.resetMs(nowMs)
    return {
      kind: 'budget',
      name: rule.name,
      scope: rule.scope,
      subject: this.subject,
      measure: 'budget',
      per: period.length,
      limit: rule.limit,
      used,
      isProvisional,
      resetMs: untilEndMs,
      retryAfterMs: isProvisional ? restMs : Math.max(1, untilEndMs),
    }
  }

  override isCurrent(nowMs: number): boolean {
    return nowMs >= this.period.startMs && nowMs < this.period.endMs
  }

  override isForgettable(nowMs: number): boolean {
    if (nowMs - this.lastUseMs <= idleMs || this.#reserved !== 0 || (this.waiting?.size ?? 0) > 0)
      return false
    if (this.#held > 0) this.retire()
    return !this.isTouched && this.#unreported === 0 && this.#reporting === 0
  }

  override retire(): void {
    this.#isRetired = true
    if (this.#held !== 0) this.#tell()
  }

  /** What to tell control; allowance beyond the present need is given back with it. */
  report(nowMs: number): BudgetReport {
    const elapsedMs = Math.max(1, nowMs - this.#reportedAtMs)
    // Pieces of two processes that both wait would help neither.
    const waits = this.#isRecalled ? 0 : this.waitingAmount()
    this.#isRecalled = false
    this.#target = this.#wanted(this.#unreported / elapsedMs, nowMs) + waits
    this.#lowWater = (this.#target - this.#reserved) / 4
    // What running calls have reserved cannot be given back.
    const held = Math.max(0, this.#reserved, Math.min(this.#held, this.#target))
    // What is given back can be asked for: a call that had reserved all of it has ended.
    if (held < this.#held) this.#refuseUntilMs = 0
    this.#held = Math.min(this.#held, held)
    const keeps = Math.max(0, this.#held)
    const room = this.#held - this.#reserved
    this.#reporting = this.#unreported
    this.#unreported = 0
    this.#reportedAtMs = nowMs
    return {
      ...this.#identity(),
      spentNano: this.#reporting,
      heldNano: keeps,
      wantNano: Math.max(0, this.#target - keeps),
      needNano: Math.max(0, this.firstWaitingAmount() - room),
    }
  }

  onAnswer(answer: BudgetAnswer, nowMs: number): void {
    this.#held += answer.grantNano
    this.#reporting = 0
    this.#spentByAll = answer.spentNano
    this.#heardMs = this.#reportedAtMs
    this.#isScarce = answer.restNano < this.rule.limit * scarceShare
    this.#isLastPiece = answer.restNano <= 0 && answer.heldByOthersNano <= 0
    const isDry = answer.grantNano <= 0 && this.#target > this.#held
    if (isDry && this.#isLastPiece) this.#refuseUntilMs = nowMs + restMs
    else if (answer.grantNano > 0 || !this.#isLastPiece) this.#refuseUntilMs = 0
  }

  /** A call in another process waits for what this one holds in advance: it goes back with the next report, now. */
  giveBack(nowMs: number): void {
    this.#sparingUntilMs = nowMs + sparingMs
    this.#isRecalled = true
    if (this.#held > this.#reserved) this.ask()
  }

  /** The report was not taken. */
  onRefused(): void {
    this.#unreported += this.#reporting
    this.#reporting = 0
  }

  /** Holds more than it should without a call, which only a report can give back. */
  holdsTooMuch(nowMs: number): boolean {
    if (nowMs - this.lastUseMs < quietMs || this.#held <= this.#reserved) return false
    return this.peers.gateways > 1 || this.#isRetired || this.#held > Math.ceil(this.rule.limit * aloneShare)
  }

  get held(): number {
    return this.#held
  }

  /** What is spent and in no report yet, for the journal. */
  unreported(): BudgetReport | undefined {
    if (this.#unreported === 0) return undefined
    return { ...this.#identity(), spentNano: this.#unreported, heldNano: 0, wantNano: 0, needNano: 0 }
  }

  /** The journal has it now, and will deliver it. */
  forgetUnreported(): void {
    this.#spentByAll += this.#unreported
    this.#unreported = 0
  }

  override checkAlone(amount: number): Verdict {
    const since = this.#reporting + this.#unreported + this.#reserved
    const share = Math.max(0, this.rule.limit - this.#spentByAll) / this.peers.gateways
    return since + amount <= share || (this.#reserved === 0 && since < share) ? 'admit' : 'full'
  }

  #wanted(nanoPerMs: number, nowMs: number): number {
    const { limit, isWarning } = this.rule
    if (isWarning) return 0
    if (this.#isRetired || nowMs < this.#sparingUntilMs) return this.#reserved
    if (nowMs - this.lastUseMs < quietMs) {
      const speed = nanoPerMs * (this.#isScarce ? scarceHorizonMs : horizonMs)
      return this.#reserved + Math.ceil(this.#isScarce ? speed : Math.max(speed, limit * activeShare))
    }
    return this.#reserved + (this.peers.gateways === 1 ? Math.ceil(limit * aloneShare) : 0)
  }

  #identity(): Pick<BudgetReport, 'limitNano' | 'warnAt'> & BudgetAccount['key'] {
    return { ...this.key, limitNano: this.rule.limit, warnAt: [...this.rule.warnAt] }
  }

  #tell(): void {
    this.peers.touchBudget(this)
  }
}
