import type { LimitFacts } from '../limit-facts.ts'
import type { LimitPeers } from './limit-peers.ts'
import type { LimitRule } from './limit-rule.ts'
import type { WaitingRoom } from '../waiting-room.ts'

/** May a call of this size begin? `ask`: not by what this process may give out, but control may allow more. */
export type Verdict = 'admit' | 'full' | 'ask'

/** What one subject uses of one limit or budget. */
export abstract class Account {
  readonly rule: LimitRule
  /** Whose use it is, as {@link import('../limit-subjects.ts').subjectOf} says. */
  readonly subject: string
  protected readonly peers: LimitPeers
  /** Calls that wait for their turn; made when the first has to. */
  waiting: WaitingRoom | undefined
  /** For the ones that keep lists of accounts with something to say. */
  isTouched = false
  protected lastUseMs: number

  constructor(rule: LimitRule, subject: string, parts: { peers: LimitPeers; nowMs: number }) {
    this.rule = rule
    this.subject = subject
    this.peers = parts.peers
    this.lastUseMs = parts.nowMs
  }

  abstract check(amount: number, nowMs: number): Verdict
  /** Counts a call that begins. */
  abstract take(amount: number, nowMs: number): void
  /** Replaces what was taken at `takenAtMs` by what was used. */
  abstract settle(taken: number, used: number, nowMs: number): void
  /** Forgets what was taken: nothing was processed. */
  abstract release(taken: number, takenAtMs: number, nowMs: number): void
  /** The same when control has said nothing: by a fair share of what was last known to be left. */
  abstract checkAlone(amount: number, nowMs: number): Verdict
  /** Control has answered a report that was made then or later. */
  abstract heardSince(ms: number): boolean
  /** Asks control for more, now. */
  abstract ask(): void
  /** Control's word did not come or did not help in time: the next calls need not wait for it as well. */
  abstract stopAsking(nowMs: number): void
  /** By all processes as far as known, with what is reserved for running calls. */
  abstract used(nowMs: number): number
  /** Milliseconds until nothing is used any more, if nothing is added. */
  abstract resetMs(nowMs: number): number
  /** What is used of what, for a refusal. */
  abstract facts(amount: number, nowMs: number): LimitFacts
  /** Nothing is lost when it is forgotten. */
  abstract isForgettable(nowMs: number): boolean
  /** False when a new account has to take over, because a calendar period ended. */
  isCurrent(_nowMs: number): boolean {
    return true
  }
  /** Another account took over, or the process ends: gives back what it holds. */
  retire(): void {}

  /** What waits here, in the unit of the limit. */
  protected waitingAmount(): number {
    return this.waiting?.amount ?? 0
  }

  protected firstWaitingAmount(): number {
    return this.waiting?.first()?.amountFor(this.rule) ?? 0
  }
}
