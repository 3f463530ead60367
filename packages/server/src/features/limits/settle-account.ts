import type { BudgetAnswer, BudgetReport } from '@ratchet/contract'
import { shareAllowance } from '@ratchet/core/limits'
import type { Lease, LockedAccount } from './ledger-store.ts'

/** The last piece of a budget goes to one process: four hundredths of a hundredth would only be waited for. */
const smallestShare = 1 / 400

export type Reporter = {
  readonly instance: string
  readonly sequence: number
  /** It was answered already, so its spending is counted; it did not hear what it was given. */
  readonly isRepeated: boolean
  readonly isLeftBehind: boolean
  /** Processes that are alive, itself included. */
  readonly gateways: number
  /** Another one waits longer for more than there was. */
  readonly isBehind: boolean
}

export type Settled = {
  /** Added to what the account had spent; below zero when more had been assumed. */
  readonly addedNano: number
  readonly spentNano: number
  readonly lease: Lease
  readonly answer: BudgetAnswer
}

/** What a report does to a locked account: spending is added, what is kept stays held, and more is given of what is left. */
export function settleAccount(account: LockedAccount, report: BudgetReport, reporter: Reporter): Settled {
  const { instance, sequence } = reporter
  const own = account.leases.find((lease) => lease.instance === instance)
  const heldByOthersNano = account.leases.reduce(
    (sum, lease) => (lease.instance === instance ? sum : sum + lease.heldNano),
    0,
  )
  if (reporter.isRepeated && own?.sequence === sequence) {
    const restNano = report.limitNano - account.spentNano - heldByOthersNano - own.heldNano
    const answer = { grantNano: own.grantedNano, spentNano: account.spentNano, restNano, heldByOthersNano }
    return { addedNano: 0, spentNano: account.spentNano, lease: own, answer }
  }
  const { addedNano, chargedNano } = addReported(report, own?.chargedNano ?? 0, reporter)
  const spentNano = account.spentNano + addedNano
  const keptNano = reporter.isLeftBehind ? 0 : report.heldNano
  const restNano = report.limitNano - spentNano - heldByOthersNano - keptNano
  const grantNano = grant(report, restNano, reporter)
  return {
    addedNano,
    spentNano,
    lease: { instance, sequence, heldNano: keptNano + grantNano, grantedNano: grantNano, chargedNano },
    answer: { grantNano, spentNano, restNano: restNano - grantNano, heldByOthersNano },
  }
}

/** Who is behind gets what its next call needs, and no piece that is too small for that. */
function grant(report: BudgetReport, restNano: number, { gateways, isBehind }: Reporter): number {
  const { limitNano, wantNano, needNano } = report
  if (isBehind) return needNano <= restNano ? needNano : 0
  return shareAllowance({
    rest: restNano,
    want: wantNano,
    need: needNano,
    holders: gateways,
    floor: Math.ceil(limitNano * smallestShare),
  })
}

/**
 * A process that was taken for dead and speaks again knows what it spent, so the charge is replaced by the truth. What a
 * dead one left behind may lack its last moments, which the charge has: only what goes beyond the charge is added.
 */
function addReported(
  report: BudgetReport,
  chargedNano: number,
  { isRepeated, isLeftBehind }: Reporter,
): { addedNano: number; chargedNano: number } {
  const toldNano = isRepeated ? 0 : report.spentNano
  if (!isLeftBehind) return { addedNano: toldNano - chargedNano, chargedNano: 0 }
  const coveredNano = Math.min(toldNano, chargedNano)
  return { addedNano: toldNano - coveredNano, chargedNano: chargedNano - coveredNano }
}
