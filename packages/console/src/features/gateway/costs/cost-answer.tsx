import { getUsage, listLimitUse } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { useCall } from '../../../api/use-call.ts'
import { formatCostNano, formatPercent, formatQuantity } from '../../../ui/numbers/format-number.ts'
import { shareOf } from '../limits/limit-words.ts'

/** This month in one sentence: spent, expected with its interval, and against the project's budget. All environments. */
export function CostAnswer(): ReactElement | undefined {
  const month = useCall(getUsage, { query: { limit: 1, forecast: 'true' } }, { pollMs: 60_000 })
  const budgets = useCall(listLimitUse, { query: { kind: 'budget', limit: 200 } }, { pollMs: 60_000 })
  if (month.data === undefined) return undefined
  const { total } = month.data
  if (total.requests + total.retries === 0) return <>No model was called this month.</>
  const { forecast } = total
  const budget = budgets.data?.items.find(({ scope, period }) => scope === 'project' && period === 'month')
  // Without a forecast yet, what is spent is all that can be said.
  const atEndNano = forecast?.atEndNano ?? total.costNano
  const share = budget === undefined ? 0 : shareOf({ used: atEndNano, limit: budget.limit })
  return (
    <>
      <span className="font-medium text-ink">{formatCostNano(total.costNano)}</span> this month so far
      {forecast !== undefined && (
        <>
          , <span className="font-medium text-ink">{formatCostNano(forecast.atEndNano)}</span> expected at its
          end
          {forecast.lowNano !== undefined &&
            ` (90 %: ${formatCostNano(forecast.lowNano)} to ${formatCostNano(forecast.highNano)})`}
        </>
      )}
      {budget !== undefined && (
        <span className={share > 1 ? 'text-bad' : undefined}>
          , {share > 1 ? 'above' : 'within'} the budget of {formatCostNano(budget.limit)} (
          {formatPercent(share)})
        </span>
      )}
      . All environments
      {total.unknownCost > 0 && `, without ${formatQuantity(total.unknownCost, 'call')} of unknown price`}
      {total.savedNano > 0 && `; routes and cache saved ${formatCostNano(total.savedNano)}`}.
    </>
  )
}
