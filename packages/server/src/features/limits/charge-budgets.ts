import { createHash } from 'node:crypto'
import type { Budget, BudgetReport, LimitReport, LimitScope } from '@ratchet/contract'
import { periodAt } from '@ratchet/core/limits'
import { nobody } from './subject.ts'

/** Money that was spent outside of any call of a gateway: by a batch that has ended. */
export type Charge = {
  /** The same one counts once. */
  readonly id: string
  readonly project: string
  readonly costNano: number
  readonly environment: string
  readonly keyId: string
  readonly keyName: string | undefined
  readonly userId: string
  /** `connection/model`. */
  readonly model: string
  /** Whose run made it, and by which route it was asked; empty for none. */
  readonly app: string
  readonly route: string
}

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
      limitNano: Math.round(budget.limitUsd * 1e9),
      warnAt: budget.warnAt,
      spentNano: charge.costNano,
      heldNano: 0,
      wantNano: 0,
      needNano: 0,
    },
  ]
}

/** As gateways name whose use a call is. */
function subjectOf({ scope, match }: Budget, charge: Charge): string | undefined {
  const whose: Readonly<Record<LimitScope, string>> = {
    project: '',
    key: charge.keyId,
    user: charge.userId === '' ? nobody : charge.userId,
    environment: charge.environment,
    model: charge.model,
    app: charge.app,
    route: charge.route,
  }
  const value = whose[scope]
  if (scope === 'project') return value
  if (value === '') return undefined
  const isMeant = match === undefined || match === value || (scope === 'key' && match === charge.keyName)
  return isMeant ? value.slice(0, 300) : undefined
}

/** An id that is always the same for a charge. */
function instanceOf({ project, id }: Charge): string {
  const hex = createHash('sha256').update(`${project} ${id}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  )
}
