import type { Account } from './accounts/account.ts'
import type { LimitedCall } from './limited-call.ts'

/** What holds a call up: the limit is full, control must be asked, or others wait before it. */
export type Block = { readonly account: Account; readonly verdict: 'full' | 'ask' | 'line' }

/**
 * What keeps a call from beginning now; undefined when nothing does. A limit that refuses goes before one that lets wait.
 * An overdue call does not wait for control any more: where control was silent, a fair share decides.
 */
export function judge(call: LimitedCall, nowMs: number, isOverdue = false): Block | undefined {
  let block: Block | undefined
  for (const account of call.accounts) {
    const { rule } = account
    const amount = call.amountFor(rule)
    let verdict = account.check(amount, nowMs)
    if (verdict === 'ask' && isOverdue) {
      verdict = account.heardSince(call.arrivedMs) ? 'full' : account.checkAlone(amount, nowMs)
    }
    if (verdict === 'full' && rule.queue === undefined) return { account, verdict }
    if (block !== undefined) continue
    if (verdict !== 'admit') block = { account, verdict }
    else if (account.waiting !== undefined && isBehindOthers(call, account))
      block = { account, verdict: 'line' }
  }
  return block
}

function isBehindOthers(call: LimitedCall, account: Account): boolean {
  return call.blockedBy !== account && account.waiting?.isBefore(call.priority) === true
}
