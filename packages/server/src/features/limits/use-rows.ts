import type { Budget, LimitUse, RateLimit } from '@ratchet/contract'
import { forecastSpend, periodAt, readPeriod } from '@ratchet/core/limits'
import type { RateUse } from './rate-board.ts'
import { showSubject } from './subject.ts'

/** A row of the list of use; names of keys are added to whole pages. */
export type UseRow = Omit<LimitUse, 'subjectName'>

/** As gateways count it: 0.07 dollars are whole nano-dollars. */
export function nanoOf(usd: number): number {
  return Math.round(usd * 1e9)
}

/** A budget with where it will stand at the end of its period. */
export function budgetRow(
  account: { name: string; subject: string; period: string; nowMs: number },
  used: number,
  days: ReadonlyMap<string, number>,
): Omit<UseRow, 'limit'> {
  const period = readPeriod(account.period) ?? periodAt('day', account.nowMs)
  const forecast = forecastSpend({ period, nowMs: account.nowMs, spent: used, days })
  return {
    kind: 'budget',
    name: account.name,
    ...showSubject(account.subject),
    unit: 'nano-dollars',
    used,
    period: period.length,
    resetsAt: new Date(period.endMs).toISOString(),
    ...(forecast === undefined ? {} : { projected: forecast.atEnd, projectedBy: forecast.method }),
  }
}

export function rateRow(
  { name, subject, limit, used, unit, resetMs, windowMs }: RateUse,
  nowMs: number,
): UseRow {
  return {
    kind: 'limit',
    name,
    ...showSubject(subject),
    unit,
    used,
    limit,
    ...(unit === 'running'
      ? {}
      : { windowSeconds: Math.round(windowMs / 1000), resetsAt: new Date(nowMs + resetMs).toISOString() }),
  }
}

const units = {
  requests: 'requests',
  tokens: 'tokens',
  cost: 'nano-dollars',
  concurrency: 'running',
} as const

export function unusedLimit(limit: RateLimit): UseRow {
  return {
    kind: 'limit',
    name: limit.name,
    scope: limit.scope,
    subject: limit.match ?? '',
    unit: units[limit.measure],
    used: 0,
    limit: limit.measure === 'cost' ? nanoOf(limit.limit) : limit.limit,
    ...(limit.measure === 'concurrency' ? {} : { windowSeconds: limit.windowSeconds }),
  }
}

export function unusedBudget(budget: Budget, nowMs: number): UseRow {
  const subject = `${budget.scope}:${budget.match ?? ''}`
  const period = periodAt(budget.period, nowMs).name
  return {
    ...budgetRow({ name: budget.name, subject, period, nowMs }, 0, new Map()),
    limit: nanoOf(budget.limitUsd),
    action: budget.action,
  }
}
