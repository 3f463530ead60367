import { compareEvaluations, type Evaluation, type MetricComparison } from '@ratchet/contract'
import { getRouteApi, Link } from '@tanstack/react-router'
import { ArrowLeftRight } from 'lucide-react'
import type { ReactElement } from 'react'
import { toProblem } from '../../../api/problem.ts'
import { useCall } from '../../../api/use-call.ts'
import { Button } from '../../../ui/controls/button.tsx'
import { Time } from '../../../ui/numbers/time.tsx'
import { Drawer } from '../../../ui/overlays/drawer.tsx'
import { PageHead } from '../../../ui/page-head.tsx'
import { EmptyState } from '../../../ui/states/empty-state.tsx'
import { ErrorState } from '../../../ui/states/error-state.tsx'
import { Skeleton } from '../../../ui/states/skeleton.tsx'
import { ChangedItems } from './changed-items.tsx'
import { describeComparison } from './comparison-words.ts'
import { DifferencePlot } from './difference-plot.tsx'
import { ItemDifference } from './item-difference.tsx'
import { printTarget } from '../target-words.ts'

const route = getRouteApi('/evaluations/compare')

/** Is the second run better? Paired differences with intervals, then the items that changed most. */
export function ComparePage(): ReactElement {
  const { a, b, item } = route.useSearch()
  const go = route.useNavigate()
  const isReady = a !== undefined && b !== undefined
  const result = useCall(
    compareEvaluations,
    { query: { a: a ?? '', b: b ?? '', limit: 200 } },
    { enabled: isReady },
  )
  const back = (
    <Link to="/evaluations" className="hover:text-ink hover:underline">
      Evaluations
    </Link>
  )
  if (!isReady) {
    return (
      <>
        <PageHead back={back} title="Compare two runs" />
        <div className="px-6">
          <EmptyState
            title="Choose two runs"
            command="npx ratchet eval my-app/evaluations/quality.eval.yaml --compare <id of the older run>"
          >
            Tick two runs in the list of evaluations, or compare from the command line.
          </EmptyState>
        </div>
      </>
    )
  }
  if (result.data === undefined) {
    return (
      <div className="p-6">
        {result.error === null ? (
          <Skeleton lines={8} />
        ) : (
          <ErrorState
            problem={toProblem(result.error, 'The runs could not be compared')}
            onRetry={() => void result.refetch()}
          />
        )}
      </div>
    )
  }
  const { comparison, items } = result.data
  const open = items.find(({ itemId }) => itemId === item)
  const openItem = (next: string | undefined): void =>
    void go({ search: (previous) => ({ ...previous, item: next }), replace: item !== undefined })
  const step = (by: 1 | -1): void => {
    const next = items[items.findIndex(({ itemId }) => itemId === item) + by]
    if (next !== undefined) openItem(next.itemId)
  }
  return (
    <div className="relative flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col overflow-y-auto">
        <PageHead
          back={back}
          title={describeComparison(comparison)}
          answer={
            <>
              <RunLink run={result.data.b} /> against <RunLink run={result.data.a} />,{' '}
              {commonItems(comparison)} items in both
            </>
          }
          actions={
            <Button
              icon={<ArrowLeftRight size={14} aria-hidden />}
              onClick={() => void go({ search: (previous) => ({ ...previous, a: b, b: a }) })}
            >
              Swap runs
            </Button>
          }
        />
        <div className="max-w-240 px-4 pb-6 md:px-6">
          <DifferencePlot comparison={comparison} a={result.data.a} b={result.data.b} />
        </div>
        <ChangedItems items={items} comparison={comparison} selected={item} onOpen={openItem} />
      </div>
      {open !== undefined && (
        <Drawer
          label="Changed item"
          name="item"
          title={open.itemId}
          onClose={() => openItem(undefined)}
          onStep={step}
        >
          <ItemDifference pair={open} a={result.data.a} b={result.data.b} />
        </Drawer>
      )}
    </div>
  )
}

function RunLink(props: { readonly run: Evaluation }): ReactElement {
  const { run } = props
  return (
    <Link to="/evaluations/$id" params={{ id: run.id }} className="text-ink hover:underline">
      {printTarget(run)}
      <span className="text-faint">
        {' '}
        of <Time at={run.createdAt} />
      </span>
    </Link>
  )
}

function commonItems(comparison: Readonly<Record<string, MetricComparison>>): number {
  return Math.max(0, ...Object.values(comparison).map(({ n }) => n))
}
