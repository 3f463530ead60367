import { createCostPlan, listModels } from '@ratchet/contract'
import { getRouteApi } from '@tanstack/react-router'
import { type ReactElement, useState } from 'react'
import { useScope } from '../../../api/api-context.ts'
import { toProblem } from '../../../api/problem.ts'
import { useCall } from '../../../api/use-call.ts'
import { CopyButton } from '../../../ui/code/copy-button.tsx'
import { formatCostNano, formatPercent } from '../../../ui/numbers/format-number.ts'
import { PageHead } from '../../../ui/page-head.tsx'
import { ErrorState } from '../../../ui/states/error-state.tsx'
import { Skeleton } from '../../../ui/states/skeleton.tsx'
import { PlanResult } from './plan-result.tsx'
import type { PlanSearch } from './plan-search.ts'
import { cheapestOf, type Plan } from './plan-words.ts'
import { PlannerEmpty } from './planner-empty.tsx'
import { PlannerForm } from './planner-form.tsx'
import { type PlanBody, readPlan } from './read-plan.ts'
import { useSettled } from '../../../ui/use-settled.ts'

const route = getRouteApi('/gateway/planner')

/** What traffic would cost in a month on several models, side by side, and what would save. The form is the URL. */
export function PlannerPage(): ReactElement {
  const search = route.useSearch()
  const go = route.useNavigate()
  const { environment } = useScope()
  const models = useCall(listModels, {})
  // Ranges end when the page was opened, so that the plan stands still while it is read.
  const [openedAt] = useState(() => new Date())
  const { body: asked, problems } = readPlan(search, environment, openedAt)
  const body = useSettled(asked)
  const setSearch = (next: PlanSearch): void =>
    void go({ search: (previous) => ({ ...previous, ...next }), replace: true })
  const plan = usePlan(body)
  const shown = asked === undefined && Object.keys(problems).length === 0 ? undefined : plan.data
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col overflow-y-auto">
      <PageHead
        title="Cost planner"
        answer={
          shown === undefined ? (
            'What a month would cost on other models, and what would save'
          ) : (
            <Answer plan={shown} />
          )
        }
        actions={<CopyButton text={() => globalThis.location.href} label="Copy the link to this plan" />}
      />
      <div className="grid min-w-0 gap-8 px-4 pb-10 md:grid-cols-[20rem_minmax(0,1fr)] md:px-6">
        <PlannerForm
          search={search}
          onChange={setSearch}
          models={models.data?.items}
          environment={environment}
          problems={problems}
        />
        <div className="min-w-0">
          {plan.error !== null && asked !== undefined ? (
            <ErrorState
              problem={toProblem(plan.error, 'There is no plan of this')}
              onRetry={() => void plan.refetch()}
            />
          ) : shown !== undefined && body !== undefined ? (
            <PlanResult
              plan={shown}
              body={body}
              of={search.of}
              onChoose={(of) => setSearch({ of })}
              isOld={plan.isPlaceholderData || asked === undefined}
            />
          ) : asked === undefined ? (
            <PlannerEmpty
              search={search}
              models={models.data?.items}
              problems={problems}
              onChange={setSearch}
            />
          ) : (
            <Skeleton lines={8} label="Planning" />
          )}
        </div>
      </div>
    </div>
  )
}

function usePlan(body: PlanBody | undefined) {
  const none: PlanBody = { traffic: { requestsPerDay: 0, inputTokens: zero, outputTokens: zero }, models: [] }
  return useCall(createCostPlan, { body: body ?? none }, { enabled: body !== undefined })
}

const zero = { mean: 0, p95: 0 }

/** Which model is cheapest and by how much. */
function Answer({ plan }: { readonly plan: Plan }): ReactElement | undefined {
  const cheapest = cheapestOf(plan)
  if (cheapest === undefined) return undefined
  const dearest = plan.models.reduce((top, one) => (one.monthNano > top.monthNano ? one : top), cheapest)
  const saved = dearest.monthNano - cheapest.monthNano
  return (
    <>
      <span className="font-medium text-ink">{formatCostNano(cheapest.monthNano)}</span> a month on{' '}
      {cheapest.name}
      {saved > 0 && (
        <>
          , {formatCostNano(saved)} ({formatPercent(saved / dearest.monthNano)}) less than on {dearest.name}
        </>
      )}
    </>
  )
}
