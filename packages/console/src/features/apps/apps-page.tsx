import { type App, listApps } from '@ratchet/contract'
import { useNavigate } from '@tanstack/react-router'
import { type ReactElement, useState } from 'react'
import { toProblem } from '../../api/problem.ts'
import { useCallPages } from '../../api/use-call.ts'
import { Time } from '../../ui/numbers/time.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Badge } from '../../ui/states/badge.tsx'
import { EmptyState } from '../../ui/states/empty-state.tsx'
import { EnvironmentWord } from '../../ui/states/environment-word.tsx'
import { ErrorState } from '../../ui/states/error-state.tsx'
import type { Column } from '../../ui/table/column.ts'
import { DataTable } from '../../ui/table/data-table.tsx'

const columns: readonly Column<App>[] = [
  {
    id: 'name',
    header: 'App',
    width: { min: 140, share: 2 },
    cell: (app) => <span className="font-medium">{app.name}</span>,
  },
  {
    id: 'served',
    header: 'Served',
    width: { min: 160, share: 3 },
    cell: (app) => <Served app={app} />,
  },
  {
    id: 'about',
    header: 'About',
    width: { min: 160, share: 4 },
    hideBelowPx: 900,
    cell: (app) => <span className="text-muted">{app.description}</span>,
  },
  { id: 'owner', header: 'Owner', width: { min: 90, share: 1 }, hideBelowPx: 760, cell: (app) => app.owner },
  {
    id: 'release',
    header: 'Newest release',
    width: 150,
    hideBelowPx: 560,
    cell: (app) =>
      app.latestRelease === undefined ? (
        <span className="text-faint">none</span>
      ) : (
        <span>
          {app.latestRelease.label}{' '}
          <span className="text-faint">
            <Time at={app.latestRelease.createdAt} />
          </span>
        </span>
      ),
  },
]

/** Which apps there are and what each environment serves. */
export function AppsPage(): ReactElement {
  const list = useCallPages(listApps, { query: { limit: 200 } }, { pollMs: 10_000 })
  const navigate = useNavigate()
  const [chosen, setChosen] = useState<string>()
  const { rows } = list
  const served = rows?.filter((app) => app.deployments.some(({ state }) => state === 'live')).length ?? 0
  return (
    <>
      <PageHead
        title="Apps"
        answer={
          rows === undefined || rows.length === 0
            ? undefined
            : `${String(served)} of ${String(rows.length)} served`
        }
      />
      {list.error !== null && rows === undefined ? (
        <div className="px-6">
          <ErrorState problem={toProblem(list.error, 'The apps could not be loaded')} onRetry={list.retry} />
        </div>
      ) : (
        <DataTable
          label="Apps"
          columns={columns}
          rows={rows}
          rowKey={(app) => app.name}
          rowHeightPx={40}
          selectedKey={chosen}
          onSelect={(app) => setChosen(app.name)}
          onOpen={(app) => void navigate({ to: '/apps/$app', params: { app: app.name } })}
          onEndReached={list.loadMore}
          empty={
            <EmptyState
              title="No apps yet"
              command={'npx ratchet init my-app --template rag\nnpx ratchet push my-app'}
            >
              An app is a folder of prompts and flows. Make one, push it, and it appears here as a release.
            </EmptyState>
          }
        />
      )}
    </>
  )
}

function Served(props: { readonly app: App }): ReactElement {
  const live = props.app.deployments.filter(({ state }) => state === 'live')
  if (live.length === 0) return <span className="text-faint">nowhere</span>
  return (
    <span className="flex items-center gap-3">
      {live.map((deployment) => (
        <span key={deployment.id} className="inline-flex items-center gap-1.5">
          <EnvironmentWord name={deployment.environment} />
          <Badge mono>{deployment.arms.map(({ label }) => label).join(', ')}</Badge>
        </span>
      ))}
    </span>
  )
}
