import { type Evaluation, listEvaluations } from '@ratchet/contract'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { GitCompareArrows } from 'lucide-react'
import { type ReactElement, useMemo, useState } from 'react'
import { toProblem } from '../../api/problem.ts'
import { useCallPages } from '../../api/use-call.ts'
import { Button } from '../../ui/controls/button.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { EmptyState } from '../../ui/states/empty-state.tsx'
import { ErrorState } from '../../ui/states/error-state.tsx'
import { DataTable } from '../../ui/table/data-table.tsx'
import { evaluationColumns } from './evaluation-columns.tsx'
import { printTarget } from './target-words.ts'
import { verdictOf } from './evaluation-verdict.tsx'

const route = getRouteApi('/evaluations')

/** All runs, newest first. Tick two to compare them. */
export function EvaluationsPage(): ReactElement {
  const { pick } = route.useSearch()
  const go = route.useNavigate()
  const navigate = useNavigate()
  const [chosen, setChosen] = useState<string>()
  const list = useCallPages(listEvaluations, { query: { limit: 100 } }, { pollMs: 4_000 })
  const { rows } = list
  const picked = useMemo(() => (pick ?? '').split(',').filter((id) => id !== ''), [pick])
  const columns = useMemo(() => {
    const toggle = (id: string): void => {
      // A third tick replaces the older of the two.
      const next = picked.includes(id) ? picked.filter((other) => other !== id) : [...picked, id].slice(-2)
      void go({ search: (previous) => ({ ...previous, pick: next.join(',') }), replace: true })
    }
    return evaluationColumns(picked, toggle)
  }, [picked, go])
  const compare = (): void => {
    // The older run is the baseline.
    const [a, b] = [...picked].sort((x, y) => createdAt(rows, x).localeCompare(createdAt(rows, y)))
    void navigate({ to: '/evaluations/compare', search: { a, b } })
  }
  return (
    <>
      <PageHead
        title="Evaluations"
        answer={rows === undefined ? undefined : newestSentence(rows)}
        actions={
          <Button
            icon={<GitCompareArrows size={14} aria-hidden />}
            disabled={picked.length !== 2}
            onClick={compare}
          >
            {picked.length === 2 ? 'Compare 2 runs' : 'Compare: tick 2 runs'}
          </Button>
        }
      />
      {list.error !== null && rows === undefined ? (
        <div className="px-6">
          <ErrorState
            problem={toProblem(list.error, 'The evaluations could not be loaded')}
            onRetry={list.retry}
          />
        </div>
      ) : (
        <DataTable
          label="Evaluations"
          columns={columns}
          rows={rows}
          rowKey={(run) => run.id}
          selectedKey={chosen}
          onSelect={(run) => setChosen(run.id)}
          onOpen={(run) => void navigate({ to: '/evaluations/$id', params: { id: run.id } })}
          onEndReached={list.loadMore}
          empty={
            <EmptyState
              title="No evaluation yet"
              command="npx ratchet eval my-app/evaluations/quality.eval.yaml"
            >
              An evaluation runs an app over a dataset and scores every answer, with intervals.
            </EmptyState>
          }
        />
      )}
    </>
  )
}

function createdAt(rows: readonly Evaluation[] | undefined, id: string): string {
  return rows?.find((run) => run.id === id)?.createdAt ?? ''
}

function newestSentence(rows: readonly Evaluation[]): string | undefined {
  const running = rows.filter(({ state }) => state === 'running').length
  const newest = rows.find(({ state }) => state === 'done')
  const ended =
    newest === undefined ? [] : [`${newest.name} on ${printTarget(newest)}: ${verdictOf(newest).words}`]
  return [...ended, ...(running > 0 ? [`${String(running)} running`] : [])].join(', ') || undefined
}
