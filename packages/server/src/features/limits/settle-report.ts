import type { BudgetAnswer, BudgetReport, LimitReport } from '@ratchet/contract'
import { readPeriod } from '@ratchet/core/limits'
import type { MakeId } from '#platform/ids.ts'
import type { Db, Trx } from '#platform/postgres/database.ts'
import { storableText } from '#platform/postgres/storable-text.ts'
import { transaction } from '#platform/postgres/transaction.ts'
import { addEvents, reachedShares, type StoredEvent } from './budget-events.ts'
import {
  addSpending,
  dropLeases,
  lockAccounts,
  lockReporter,
  noteSequence,
  saveLeases,
  type AccountKey,
} from './ledger-store.ts'
import { settleAccount, type Settled } from './settle-account.ts'

export type SettleParts = {
  readonly db: Db
  readonly makeId: MakeId
  readonly nowMs: number
  readonly gateways: number
  /** Another process waits longer for the same account. */
  readonly isBehind: (report: BudgetReport) => boolean
}

const nothing: BudgetAnswer = { grantNano: 0, spentNano: 0, restNano: 0, heldByOthersNano: 0 }

/**
 * Enters a report into the ledger in one short transaction. A report counts once: a repeated one is answered as before,
 * one that an answered report has overtaken changes nothing.
 */
export function settleReport(report: LimitReport, parts: SettleParts): Promise<BudgetAnswer[]> {
  const { instance, sequence, budgets } = report
  const now = new Date(parts.nowMs)
  return transaction(parts.db, async (trx) => {
    const last = await lockReporter(trx, instance, now)
    if (sequence < last) return budgets.map(() => nothing)
    const isRepeated = sequence === last
    const merged = mergeReports(budgets)
    const accounts = await lockAccounts(
      trx,
      merged.map((said) => ({ ...keyOf(said), limitNano: said.limitNano })),
      now,
    )
    const { isLeftBehind } = report
    const reporter = { instance, sequence, isRepeated, isLeftBehind, gateways: parts.gateways }
    const settled = accounts.flatMap((account, index): Entry[] => {
      const said = merged[index]
      return said === undefined
        ? []
        : [
            {
              key: keyOf(said),
              said,
              ...settleAccount(account, said, { ...reporter, isBehind: parts.isBehind(said) }),
            },
          ]
    })
    await save(trx, settled, parts)
    if (!isRepeated) await noteSequence(trx, instance, sequence)
    if (report.isLast) await dropLeases(trx, instance)
    return answersOf(budgets, settled)
  })
}

/** An account that a process forgot and met again may be told of twice in one report. */
function mergeReports(budgets: readonly BudgetReport[]): BudgetReport[] {
  return [...Map.groupBy(budgets, keyText).values()].flatMap(([first, ...more]) => {
    if (first === undefined) return []
    const total = (name: 'spentNano' | 'heldNano' | 'wantNano' | 'needNano'): number =>
      more.reduce((sum, other) => sum + other[name], first[name])
    return {
      ...first,
      spentNano: total('spentNano'),
      heldNano: total('heldNano'),
      wantNano: total('wantNano'),
      needNano: total('needNano'),
    }
  })
}

/** In the order of the report; of two for one account the first gets what is given. */
function answersOf(budgets: readonly BudgetReport[], settled: readonly Entry[]): BudgetAnswer[] {
  const answers = new Map(settled.map(({ said, answer }) => [keyText(said), answer]))
  return budgets.map((budget) => {
    const key = keyText(budget)
    const answer = answers.get(key) ?? nothing
    answers.set(key, { ...answer, grantNano: 0 })
    return answer
  })
}

function keyText(report: BudgetReport): string {
  return JSON.stringify(Object.values(keyOf(report)))
}

type Entry = Settled & { readonly key: AccountKey; readonly said: BudgetReport }

async function save(trx: Trx, settled: readonly Entry[], { nowMs, makeId }: SettleParts): Promise<void> {
  await addSpending(
    trx,
    settled.map(({ key, addedNano }) => ({ ...key, amountNano: addedNano, day: dayOf(key.period, nowMs) })),
  )
  await saveLeases(
    trx,
    settled.map(({ key, lease, spentNano }) => ({ ...key, ...lease, spentSeenNano: spentNano })),
  )
  const events = settled.flatMap(({ key, said, spentNano, addedNano }): StoredEvent[] => {
    if (addedNano <= 0) return []
    const { limitNano } = said
    const at = new Date(nowMs)
    return reachedShares(said.warnAt, limitNano, spentNano).map((share) => ({
      ...key,
      id: makeId(),
      share,
      spentNano,
      limitNano,
      at,
    }))
  })
  await addEvents(trx, events)
}

/** Today, or the nearest day of the period: what is told late belongs to the period in which it was spent. */
export function dayOf(period: string, nowMs: number): string {
  const known = readPeriod(period)
  const atMs = known === undefined ? nowMs : Math.min(Math.max(nowMs, known.startMs), known.endMs - 1)
  return new Date(atMs).toISOString().slice(0, 10)
}

function keyOf(report: BudgetReport): AccountKey {
  // A user may be called anything; what the database cannot hold would otherwise never be found again.
  const subject = storableText(report.subject)
  return { project: report.project, budget: report.name, subject, period: report.period }
}
