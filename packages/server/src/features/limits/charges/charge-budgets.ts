import { createHash } from 'node:crypto'
import type { Budget, BudgetReport, LimitReport } from '@ratchet/contract'
import { periodAt } from '@ratchet/core/limits'
import { nanoOf } from '../use-rows.ts'
import { subjectOf, type Charge } from './charge.ts'

/** The charge as a report of a process that did nothing else; the ledger counts the same process's first word once. */
export function chargeReport(budgets: readonly Budget[], charge: Charge, nowMs: number): LimitReport {
  return {
    instance: instanceOf(charge),
    sequence: 1,
    isLast: true,
    isLeftBehind: true,
    budgets: budgets.flatMap((budget) => budgetReportOf(budget, charge, nowMs)),
    rates: [],
  }
}

function budgetReportOf(budget: Budget, charge: Charge, nowMs: number): BudgetReport[] {
  const subject = subjectOf(budget, charge)
  if (subject === undefined) return []
  return [
    {
      project: charge.project,
      name: budget.name,
      subject: `${budget.scope}:${subject}`,
      period: periodAt(budget.period, nowMs).name,
      limitNano: nanoOf(budget.limitUsd),
      warnAt: budget.warnAt,
      spentNano: charge.costNano,
      heldNano: 0,
      wantNano: 0,
      needNano: 0,
    },
  ]
}

/** An id that is always the same for a charge. */
function instanceOf({ project, id }: Charge): string {
  const hex = createHash('sha256').update(`${project} ${id}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  )
}
