import type { BudgetAccount } from './budget-account.ts'
import type { RateAccount } from './rate-account.ts'
import type { RunningAccount } from './running-account.ts'

/** An account whose limit is shared with other gateway processes while there are any. */
export type SharedAccount = RateAccount | RunningAccount

/** What accounts know of the other processes, and how they reach them: through control. */
export type LimitPeers = {
  /** False: this process counts alone and keeps nothing, as in tests and benchmarks. */
  readonly hasControl: boolean
  /** Gateway processes that share the limits, this one included. */
  readonly gateways: number
  /** Control does not answer: go on with a fair share of what was last known to be left. */
  readonly isUnreachable: boolean
  /** The account has something to tell with the next report. */
  readonly touchBudget: (account: BudgetAccount) => void
  readonly touchRate: (account: SharedAccount) => void
  /** Reports as soon as possible: an allowance runs low, or a call waits for one. */
  readonly hurry: () => void
  /** What all had spent of a budget when an earlier process last heard of it. */
  readonly lastKnownSpend: (account: BudgetAccount) => number
}

/** A process that counts for itself. */
export const noPeers: LimitPeers = {
  hasControl: false,
  gateways: 1,
  isUnreachable: false,
  touchBudget: () => undefined,
  touchRate: () => undefined,
  hurry: () => undefined,
  lastKnownSpend: () => 0,
}
