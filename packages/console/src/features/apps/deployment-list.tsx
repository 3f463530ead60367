import { type Deployment, listDeployments } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { toProblem } from '../../api/problem.ts'
import { useCallPages } from '../../api/use-call.ts'
import { Time } from '../../ui/numbers/time.tsx'
import { EmptyState } from '../../ui/states/empty-state.tsx'
import { EnvironmentWord } from '../../ui/states/environment-word.tsx'
import { ErrorState } from '../../ui/states/error-state.tsx'
import { State } from '../../ui/states/state.tsx'
import type { Column } from '../../ui/table/column.ts'
import { DataTable } from '../../ui/table/data-table.tsx'

const columns: readonly Column<Deployment>[] = [
  {
    id: 'environment',
    header: 'Environment',
    width: 120,
    cell: (row) => <EnvironmentWord name={row.environment} />,
  },
  {
    id: 'release',
    header: 'Release',
    width: { min: 70, share: 1 },
    cell: (row) => row.arms.map(({ label }) => label).join(', '),
  },
  {
    id: 'state',
    header: 'State',
    width: 110,
    cell: (row) => <State tone={row.state === 'live' ? 'ok' : 'neutral'}>{row.state}</State>,
  },
  { id: 'by', header: 'By', width: { min: 80, share: 1 }, hideBelowPx: 560, cell: (row) => row.deployedBy },
  { id: 'from', header: 'From', width: 110, align: 'end', cell: (row) => <Time at={row.deployedAt} /> },
  {
    id: 'until',
    header: 'Until',
    width: 110,
    align: 'end',
    hideBelowPx: 560,
    cell: (row) => (row.replacedAt === undefined ? 'now' : <Time at={row.replacedAt} />),
  },
]

/** What served, where, from when until when. */
export function DeploymentList(props: { readonly app: string }): ReactElement {
  const list = useCallPages(listDeployments, { params: { app: props.app }, query: { limit: 100 } })
  if (list.error !== null && list.rows === undefined) {
    return (
      <ErrorState
        problem={toProblem(list.error, 'The deployments could not be loaded')}
        onRetry={list.retry}
      />
    )
  }
  return (
    <div className="-mx-4 flex h-full flex-col md:-mx-6">
      <DataTable
        label="Deployments"
        columns={columns}
        rows={list.rows}
        rowKey={(row) => row.id}
        onEndReached={list.loadMore}
        empty={
          <EmptyState
            title="Never deployed"
            command={`npx ratchet deploy ${props.app} --environment development`}
          >
            Deploy a release, and clients that call app/{props.app} with a key of that environment get it.
          </EmptyState>
        }
      />
    </div>
  )
}
