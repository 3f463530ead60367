import type { Account } from './accounts/account.ts'
import { judge, type Block } from './judge-call.ts'
import type { LimitedCall, Admitted, Refused } from './limited-call.ts'
import { WaitingRoom } from './waiting-room.ts'

/**
 * How long a call waits for control's word about a limit without a line of its own: longer than control counts the
 * allowance of another process that has gone silent, or there would be a refusal with room left.
 */
const askWaitMs = 2_500
const mostAsking = 10_000
const pollMs = 10
/** Looking through a long line takes time, and who waits does not mind some milliseconds more. */
const looksPerDeadline = 5

/** All calls that wait, each at the account that holds it up. Looks again when something is freed, and every 10 ms. */
export class WaitingCalls {
  readonly #nowMs: () => number
  readonly #accounts = new Set<Account>()
  readonly #freed = new Set<Account>()
  #poll: NodeJS.Timeout | undefined
  #looks = 0
  /** Since the start. */
  refused = 0

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  get size(): number {
    let size = 0
    for (const account of this.#accounts) size += account.waiting?.size ?? 0
    return size
  }

  /** Puts a call in line; false when the line is full. */
  add(call: LimitedCall, block: Block): boolean {
    const { account } = block
    const { queue } = account.rule
    const room = (account.waiting ??= new WaitingRoom(account.rule))
    if (room.size >= (queue?.maxRequests ?? mostAsking)) return false
    call.blockedBy = account
    const deadlineMs = call.arrivedMs + (queue?.maxWaitMs ?? askWaitMs)
    call.deadlineMs = call.deadlineMs === 0 ? deadlineMs : Math.min(call.deadlineMs, deadlineMs)
    room.add(call)
    this.#accounts.add(account)
    if (block.verdict === 'ask') account.ask()
    this.#poll ??= setInterval(() => this.#look(this.#nowMs()), pollMs)
    return true
  }

  remove(call: LimitedCall): void {
    call.blockedBy?.waiting?.remove(call)
  }

  /** Somebody may go on now. Not within the caller's stack: whoever goes on may free something too. */
  onFreed(account: Account): void {
    if (this.#freed.size === 0) setImmediate(() => this.#admitFreed())
    this.#freed.add(account)
  }

  stop(): void {
    clearInterval(this.#poll)
    this.#poll = undefined
  }

  #admitFreed(): void {
    const freed = [...this.#freed]
    this.#freed.clear()
    const nowMs = this.#nowMs()
    for (const account of freed) this.#admitFrom(account, nowMs)
  }

  #look(nowMs: number): void {
    this.#looks += 1
    const endsWaits = this.#looks % looksPerDeadline === 0
    for (const account of this.#accounts) {
      this.#admitFrom(account, nowMs)
      for (const call of endsWaits ? (account.waiting?.calls() ?? []) : []) {
        if (nowMs < call.deadlineMs) continue
        const block = judge(call, nowMs, true)
        if (block === undefined) this.#admit(call, nowMs)
        else this.#refuse(call, block.account, nowMs)
      }
      if ((account.waiting?.size ?? 0) > 0) continue
      account.waiting = undefined
      this.#accounts.delete(account)
    }
    if (this.#accounts.size === 0) this.stop()
  }

  #admitFrom(account: Account, nowMs: number): void {
    for (let call = account.waiting?.first(); call !== undefined; call = account.waiting?.first()) {
      const block = judge(call, nowMs)
      if (block === undefined) this.#admit(call, nowMs)
      else if (block.verdict === 'full' && block.account.rule.queue === undefined)
        this.#refuse(call, block.account, nowMs)
      else if (block.account === account) {
        if (block.verdict === 'ask') account.ask()
        return
      } else {
        this.remove(call)
        if (!this.add(call, block)) this.#refuse(call, block.account, nowMs)
      }
    }
  }

  #admit(call: LimitedCall, nowMs: number): void {
    this.remove(call)
    call.take(nowMs)
    call.decide({ ok: true, reservation: call } satisfies Admitted)
  }

  #refuse(call: LimitedCall, account: Account, nowMs: number): void {
    this.refused += 1
    this.remove(call)
    account.stopAsking(nowMs)
    const facts = account.facts(call.amountFor(account.rule), nowMs)
    call.decide({ ok: false, refusal: { ...facts, waitedMs: nowMs - call.arrivedMs } } satisfies Refused)
  }
}
