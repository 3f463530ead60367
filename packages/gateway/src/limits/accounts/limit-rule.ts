import type { Budget, LimitScope, RateLimit } from '@ratchet/contract'
import { BudgetAccount } from './budget-account.ts'
import type { Account } from './account.ts'
import type { LimitPeers } from './limit-peers.ts'
import { subjectOf, type CallUse, type LimitSubjects } from '../limit-subjects.ts'
import { RateAccount } from './rate-account.ts'
import { RunningAccount } from './running-account.ts'

export type LimitMeasure = RateLimit['measure'] | 'budget'

export type RuleParts = {
  readonly peers: LimitPeers
  readonly project: string
  /** Subjects kept per limit; beyond it the least used of the oldest are forgotten. */
  readonly maxSubjects: number
}

const nanoPerUsd = 1e9
/** Subjects looked at when one has to go. */
const candidates = 4

/** One limit or budget of a project with its accounts, one per subject. */
export class LimitRule {
  /** Unique in the project. */
  readonly name: string
  readonly project: string
  readonly scope: LimitScope
  readonly measure: LimitMeasure
  readonly #match: string | undefined
  readonly #parts: RuleParts
  readonly #accounts = new Map<string, Account>()
  #config: RateLimit | Budget
  /** Requests, tokens, running calls or nano-dollars. */
  limit: number
  /** A budget that never refuses. */
  isWarning: boolean
  warnAt: readonly number[]
  #sweep: Iterator<Account> | undefined
  #candidates: Iterator<Account> | undefined

  constructor(name: string, config: RateLimit | Budget, parts: RuleParts) {
    this.name = name
    this.project = parts.project
    this.scope = config.scope
    this.measure = 'measure' in config ? config.measure : 'budget'
    this.#match = config.match
    this.#parts = parts
    this.#config = config
    this.limit = limitOf(config)
    this.isWarning = 'action' in config && config.action === 'warn'
    this.warnAt = 'warnAt' in config ? config.warnAt : []
  }

  get config(): RateLimit | Budget {
    return this.#config
  }

  get countsMoney(): boolean {
    return this.measure === 'cost' || this.measure === 'budget'
  }

  /** Calls of models without a known price may not begin. */
  get blocksUnpriced(): boolean {
    return this.countsMoney && this.#config.unpriced === 'block'
  }

  /** Whether calls may wait for their turn, and how. */
  get queue(): RateLimit['queue'] {
    return 'queue' in this.#config ? this.#config.queue : undefined
  }

  get size(): number {
    return this.#accounts.size
  }

  /** Takes new settings; what was counted stays. Only for a config of the same {@link ruleIdentity}. */
  update(config: RateLimit | Budget): void {
    this.#config = config
    this.limit = limitOf(config)
    this.isWarning = 'action' in config && config.action === 'warn'
    this.warnAt = 'warnAt' in config ? config.warnAt : []
  }

  /** How much of this limit a call takes. */
  amountOf(use: CallUse): number {
    if (this.measure === 'requests' || this.measure === 'concurrency') return 1
    const amount = this.measure === 'tokens' ? use.tokens : use.costNano
    // What is no amount must not make a counter useless for ever.
    return amount > 0 && amount < Number.POSITIVE_INFINITY ? Math.ceil(amount) : 0
  }

  /** The account that a call counts in; undefined when the limit does not apply to it. */
  accountFor(subjects: LimitSubjects, nowMs: number): Account | undefined {
    const subject = subjectOf(this.scope, this.#match, subjects)
    if (subject === undefined) return undefined
    const known = this.#accounts.get(subject)
    if (known !== undefined && known.isCurrent(nowMs)) return known
    known?.retire()
    if (known === undefined && this.#accounts.size >= this.#parts.maxSubjects) this.#forgetOne(nowMs)
    const account = this.#open(subject, nowMs)
    this.#accounts.set(subject, account)
    return account
  }

  accounts(): Iterable<Account> {
    return this.#accounts.values()
  }

  /** Forgets idle subjects, looking at no more than `count`; goes on where it stopped. */
  sweep(count: number, nowMs: number): void {
    this.#sweep ??= this.#accounts.values()
    for (let looked = 0; looked < count; looked++) {
      const next = this.#sweep.next()
      if (next.done === true) {
        this.#sweep = undefined
        return
      }
      if (!next.value.isCurrent(nowMs)) next.value.retire()
      if (next.value.isForgettable(nowMs)) this.#accounts.delete(next.value.subject)
    }
  }

  /** Gives back all that is held: the limit is gone, or the process ends. */
  retire(): void {
    for (const account of this.#accounts.values()) account.retire()
  }

  #open(subject: string, nowMs: number): Account {
    const parts = { peers: this.#parts.peers, nowMs }
    if (this.measure === 'budget') return new BudgetAccount(this, subject, parts)
    if (this.measure === 'concurrency') return new RunningAccount(this, subject, parts)
    return new RateAccount(this, subject, parts)
  }

  /** A flood of new subjects must not push out the ones that are near their limit: the least used of a few goes. */
  #forgetOne(nowMs: number): void {
    let least: Account | undefined
    let leastUsed = Number.POSITIVE_INFINITY
    for (let looked = 0; looked < candidates; looked++) {
      const account = this.#nextCandidate()
      if (account === undefined || (account.waiting?.size ?? 0) > 0) continue
      const used = account.used(nowMs)
      if (used >= leastUsed) continue
      least = account
      leastUsed = used
    }
    if (least === undefined) return
    least.retire()
    this.#accounts.delete(least.subject)
  }

  /** Goes round and round. The iterator is kept, because a new one would walk over every subject forgotten before. */
  #nextCandidate(): Account | undefined {
    this.#candidates ??= this.#accounts.values()
    const next = this.#candidates.next()
    if (next.done !== true) return next.value
    this.#candidates = undefined
    return undefined
  }
}

/** Limits of the same identity count the same thing, so a change of the rest keeps what was counted. */
export function ruleIdentity(name: string, config: RateLimit | Budget): string {
  const counted =
    'measure' in config ? [config.measure, config.window, config.windowSeconds] : ['budget', config.period]
  return JSON.stringify([name, config.scope, config.match ?? null, ...counted])
}

function limitOf(config: RateLimit | Budget): number {
  if ('limitUsd' in config) return Math.round(config.limitUsd * nanoPerUsd)
  return config.measure === 'cost' ? Math.round(config.limit * nanoPerUsd) : config.limit
}
