import type { Budget, RateLimit } from '@ratchet/contract'
import { judge } from './judge-call.ts'
import { noPeers, type LimitPeers } from './accounts/limit-peers.ts'
import { LimitRule, ruleIdentity } from './accounts/limit-rule.ts'
import type { CallUse, LimitSubjects } from './limit-subjects.ts'
import {
  LimitedCall,
  type Admission,
  type CallHost,
  type Refusal,
  type Refused,
  type Reservation,
} from './limited-call.ts'
import { WaitingCalls } from './waiting-calls.ts'

export type LimitEngineParts = {
  readonly peers?: LimitPeers
  readonly nowMs?: () => number
  /** Subjects kept per limit, default 50,000. */
  readonly maxSubjects?: number
}

const noHeaders: readonly string[] = []
const nothing: Reservation = {
  settle: () => undefined,
  release: () => undefined,
  leaveTarget: () => undefined,
  accounts: [],
  headers: () => noHeaders,
}
const unlimited: Admission = { ok: true, reservation: nothing }

const usualPriority = 5
const sweepMs = 1_000
/** Subjects looked at per sweep. */
const sweepCount = 5_000

/**
 * Limits and budgets on the request path: everything is in memory, control is told in the background.
 *
 *     const admission = parts.limits.begin(subjects, { tokens, costNano }, Date.now())
 *     if (admission.ok === false) {
 *       const nowMs = Date.now()
 *       return exchange.sendError(refusalError(admission.refusal, nowMs), refusalHeaders(admission.refusal))
 *     }
 *     if (admission.ok === 'later') {
 *       // Rare: a place in a line (opt-in), or some milliseconds until control has answered.
 *       admission.ticket.wait(call) // call.onAdmission(admission) comes once, later
 *       // ... and when the client goes away meanwhile: admission.ticket.leave()
 *       return
 *     }
 *     const { reservation } = admission
 *     // Headers of the answer: reservation.headers(Date.now())
 *     // Exactly one at the end; the second does nothing:
 *     reservation.settle({ tokens, costNano }) // answered, failed midway or aborted: what was used, estimated if need be
 *     reservation.release() // nothing was processed: refused by a guardrail, no provider reached, answered from a cache
 *
 * Estimates come from `estimateCallTokens` (@ratchet/core/limits) and the price of the model. Without limits `begin` is one
 * map lookup. Settle before the span is written, so that both say the same cost.
 */
export class LimitEngine implements CallHost {
  readonly #peers: LimitPeers
  readonly #maxSubjects: number
  readonly #projects = new Map<string, LimitRule[]>()
  readonly #waiting: WaitingCalls
  #refused = 0
  readonly nowMs: () => number
  readonly #sweeper: NodeJS.Timeout

  constructor(parts: LimitEngineParts = {}) {
    this.#peers = parts.peers ?? noPeers
    this.#maxSubjects = parts.maxSubjects ?? 50_000
    this.nowMs = parts.nowMs ?? Date.now
    this.#waiting = new WaitingCalls(this.nowMs)
    this.#sweeper = setInterval(() => this.sweep(this.nowMs()), sweepMs).unref()
  }

  /** Any limit or budget of any project. */
  get isUsed(): boolean {
    return this.#projects.size > 0
  }

  /** Puts a project's limits in force. What was counted under a limit that stays is kept, also when its amount changed. */
  useConfig(project: string, limits: readonly RateLimit[], budgets: readonly Budget[]): void {
    const before = new Map(
      (this.#projects.get(project) ?? []).map((rule) => [ruleIdentity(rule.name, rule.config), rule]),
    )
    const rules: LimitRule[] = []
    const names = new Set<string>()
    for (const config of [...limits, ...budgets]) {
      const name = uniqueName(config, names)
      const identity = ruleIdentity(name, config)
      const kept = before.get(identity)
      before.delete(identity)
      kept?.update(config)
      rules.push(
        kept ?? new LimitRule(name, config, { peers: this.#peers, project, maxSubjects: this.#maxSubjects }),
      )
    }
    for (const gone of before.values()) gone.retire()
    if (rules.length === 0) this.#projects.delete(project)
    else this.#projects.set(project, rules)
  }

  /** Drops the limits of projects that are not among these. */
  keepProjects(projects: ReadonlySet<string>): void {
    for (const project of this.#projects.keys()) if (!projects.has(project)) this.useConfig(project, [], [])
  }

  /** May the call begin? Reserves what it is expected to use when it may. */
  begin(subjects: LimitSubjects, estimate: CallUse, nowMs: number): Admission {
    return this.#begin(this.#projects.get(subjects.project), { subjects, estimate }, nowMs)
  }

  /** May a call that has begun go on with another model? Only the limits of that model are asked. */
  beginTarget(subjects: LimitSubjects, estimate: CallUse, nowMs: number): Admission {
    const rules = this.#projects.get(subjects.project)
    const blocking = estimate.isUnpriced === true ? rules?.filter((rule) => rule.blocksUnpriced) : undefined
    const refusal = findUnpriced(blocking ?? [], { subjects, estimate }, nowMs)
    if (refusal !== undefined) return this.#refuse(refusal)
    const own = rules?.some(isOfModel) === true ? rules.filter(isOfModel) : undefined
    return this.#begin(own, { subjects, estimate }, nowMs)
  }

  #begin(rules: readonly LimitRule[] | undefined, call: AskedCall, nowMs: number): Admission {
    if (rules === undefined) return unlimited
    const { subjects, estimate } = call
    if (estimate.isUnpriced === true) {
      const refusal = findUnpriced(rules, call, nowMs)
      if (refusal !== undefined) return this.#refuse(refusal)
    }
    const accounts = []
    for (const rule of rules) {
      const account = rule.accountFor(subjects, nowMs)
      if (account !== undefined) accounts.push(account)
    }
    if (accounts.length === 0) return unlimited
    const priority = Math.min(9, Math.max(0, Math.trunc(subjects.priority ?? usualPriority)))
    const limited = new LimitedCall(accounts, estimate, { host: this, priority, nowMs })
    const block = judge(limited, nowMs)
    if (block === undefined) {
      limited.take(nowMs)
      return { ok: true, reservation: limited }
    }
    const { account } = block
    const mayWait = block.verdict !== 'full' || account.rule.queue !== undefined
    if (mayWait && this.#waiting.add(limited, block)) return { ok: 'later', ticket: limited }
    return this.#refuse(account.facts(limited.amountFor(account.rule), nowMs))
  }

  #refuse(refusal: Refusal): Refused {
    this.#refused += 1
    return { ok: false, refusal }
  }

  onFreed(account: Parameters<CallHost['onFreed']>[0]): void {
    this.#waiting.onFreed(account)
  }

  onLeft(call: LimitedCall): void {
    this.#waiting.remove(call)
  }

  /** For metrics. `refused` counts every time that a limit said no, also where a route then went on with another model. */
  stats(): { readonly subjects: number; readonly waiting: number; readonly refused: number } {
    let subjects = 0
    for (const rules of this.#projects.values()) for (const rule of rules) subjects += rule.size
    return { subjects, waiting: this.#waiting.size, refused: this.#refused + this.#waiting.refused }
  }

  /** Forgets idle subjects. Runs every second by itself. */
  sweep(nowMs: number): void {
    let rules = 0
    for (const list of this.#projects.values()) rules += list.length
    const each = Math.ceil(sweepCount / Math.max(1, rules))
    for (const list of this.#projects.values()) for (const rule of list) rule.sweep(each, nowMs)
  }

  /** Gives back all that is held; the peers' last report takes it along. */
  stop(): void {
    clearInterval(this.#sweeper)
    this.#waiting.stop()
    for (const rules of this.#projects.values()) for (const rule of rules) rule.retire()
  }
}

type AskedCall = { readonly subjects: LimitSubjects; readonly estimate: CallUse }

function isOfModel({ scope }: LimitRule): boolean {
  return scope === 'model'
}

/** The limit of money that lets nothing pass whose cost nobody knows. */
function findUnpriced(
  rules: readonly LimitRule[],
  { subjects }: AskedCall,
  nowMs: number,
): Refusal | undefined {
  for (const rule of rules) {
    const account = rule.blocksUnpriced ? rule.accountFor(subjects, nowMs) : undefined
    if (account !== undefined) return { ...account.facts(0, nowMs), unpricedModel: subjects.model }
  }
  return undefined
}

/** Two limits of one name are counted apart. */
function uniqueName(config: RateLimit | Budget, names: Set<string>): string {
  const kind = 'measure' in config ? 'limit' : 'budget'
  let name = config.name
  for (let count = 2; names.has(`${kind} ${name}`); count++) name = `${config.name}~${count}`
  names.add(`${kind} ${name}`)
  return name
}
