import {
  cancelEvaluation,
  type Evaluation,
  getEvaluation,
  listEvaluationItems,
  listEvaluations,
  resumeEvaluation,
} from '@ratchet/contract'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Play, X } from 'lucide-react'
import type { ReactElement } from 'react'
import { toProblem } from '../../api/problem.ts'
import { useCall, useCallMutation, useCallPages } from '../../api/use-call.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Select } from '../../ui/controls/select.tsx'
import { Time } from '../../ui/numbers/time.tsx'
import { Drawer } from '../../ui/overlays/drawer.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { ErrorState } from '../../ui/states/error-state.tsx'
import { Skeleton } from '../../ui/states/skeleton.tsx'
import { EvaluationVerdict } from './evaluation-verdict.tsx'
import { ItemDetail } from './item-detail.tsx'
import { itemKey, itemName, ItemTable } from './item-table.tsx'
import { MetricPlot } from './metric-plot.tsx'
import { printRunName, printTarget } from './target-words.ts'
import { ThresholdList } from './threshold-list.tsx'

const route = getRouteApi('/evaluations/$id')

/** One run: is it good enough, how good with which certainty, and which items made it so. */
export function EvaluationPage(): ReactElement {
  const { id } = route.useParams()
  const search = route.useSearch()
  const go = route.useNavigate()
  const run = useCall(getEvaluation, { params: { id } }, { pollMs: 2_000 })
  const failedOnly = search.failed === 'true'
  const isRunning = run.data?.evaluation.state === 'running'
  const items = useCallPages(
    listEvaluationItems,
    { params: { id }, query: { limit: 200, failedOnly: failedOnly ? 'true' : 'false' } },
    { pollMs: isRunning ? 3_000 : false },
  )
  if (run.data === undefined) {
    return (
      <div className="p-6">
        {run.error === null ? (
          <Skeleton lines={8} />
        ) : (
          <ErrorState
            problem={toProblem(run.error, 'The evaluation could not be loaded')}
            onRetry={() => void run.refetch()}
          />
        )}
      </div>
    )
  }
  const { evaluation } = run.data
  const open = items.rows?.find((item) => itemKey(item) === search.item)
  const openItem = (key: string | undefined): void =>
    void go({ search: (previous) => ({ ...previous, item: key }), replace: search.item !== undefined })
  const step = (by: 1 | -1): void => {
    const at = items.rows?.findIndex((item) => itemKey(item) === search.item) ?? -1
    const next = items.rows?.[at + by]
    if (next !== undefined) openItem(itemKey(next))
  }
  return (
    <div className="relative flex min-h-0 flex-1">
      <div className="@container/run flex min-w-0 flex-1 flex-col overflow-y-auto">
        <PageHead
          tab={evaluation.name}
          back={
            <Link to="/evaluations" className="hover:text-ink hover:underline">
              Evaluations
            </Link>
          }
          title={
            <span className="inline-flex items-center gap-3">
              {evaluation.name} <EvaluationVerdict evaluation={evaluation} filled />
            </span>
          }
          answer={<RunSentence evaluation={evaluation} />}
          actions={<RunActions evaluation={evaluation} />}
        />
        {evaluation.error !== undefined && (
          <div className="px-4 pb-3 md:px-6">
            <ErrorState problem={{ what: 'The run stopped', why: evaluation.error }} />
          </div>
        )}
        <div className="grid gap-x-8 gap-y-4 px-4 pb-4 md:px-6 @min-[900px]/run:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <MetricPlot metrics={evaluation.metrics} label={`Metrics of ${evaluation.name}`} />
          <ThresholdList thresholds={evaluation.thresholds} planned={evaluation.spec.thresholds} />
        </div>
        <ItemTable
          rows={items.rows}
          error={items.error}
          onRetry={items.retry}
          metrics={Object.keys(evaluation.metrics)}
          repeats={evaluation.spec.repeats}
          failedOnly={failedOnly}
          onFailedOnly={(next) =>
            void go({ search: (previous) => ({ ...previous, failed: next ? 'true' : undefined }) })
          }
          selectedKey={search.item}
          onOpen={openItem}
          onEndReached={items.loadMore}
        />
      </div>
      {open !== undefined && (
        <Drawer
          label="Item"
          name="item"
          title={itemName(open, evaluation.spec.repeats)}
          onClose={() => openItem(undefined)}
          onStep={step}
        >
          <ItemDetail item={open} />
        </Drawer>
      )}
    </div>
  )
}

function RunSentence(props: { readonly evaluation: Evaluation }): ReactElement {
  const { evaluation } = props
  const { failed, total } = evaluation.progress
  return (
    <>
      {printTarget(evaluation)} over {evaluation.dataset.name}, {total} items
      {failed > 0 && `, ${String(failed)} without an answer`}, by {evaluation.createdBy},{' '}
      <Time at={evaluation.createdAt} />
    </>
  )
}

function RunActions(props: { readonly evaluation: Evaluation }): ReactElement {
  const { evaluation } = props
  const navigate = useNavigate()
  const cancel = useCallMutation(cancelEvaluation, [getEvaluation, listEvaluations])
  const resume = useCallMutation(resumeEvaluation, [getEvaluation, listEvaluations])
  const others = useCallPages(listEvaluations, { query: { name: evaluation.name, limit: 20 } })
  const candidates = (others.rows ?? []).filter((run) => run.id !== evaluation.id && run.state === 'done')
  const isOpen = evaluation.state === 'running' || evaluation.state === 'queued'
  const canResume = evaluation.state === 'cancelled' || evaluation.state === 'failed'
  const params = { id: evaluation.id }
  return (
    <>
      {candidates.length > 0 && evaluation.state === 'done' && (
        <Select
          label="Compare with another run"
          placeholder="Compare with"
          value={undefined}
          options={candidates.map((run) => ({
            value: run.id,
            label: `${printRunName(run)} of ${new Date(run.createdAt).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })}`,
          }))}
          onChange={(other) =>
            void navigate({ to: '/evaluations/compare', search: { a: other, b: evaluation.id } })
          }
        />
      )}
      {isOpen && (
        <Button
          icon={<X size={14} aria-hidden />}
          busy={cancel.isPending}
          onClick={() => cancel.mutate({ params })}
        >
          Cancel run
        </Button>
      )}
      {canResume && (
        <Button
          kind="primary"
          icon={<Play size={13} aria-hidden />}
          busy={resume.isPending}
          onClick={() => resume.mutate({ params })}
        >
          Resume run
        </Button>
      )}
    </>
  )
}
