import { getGatewayConfig, getGatewayState, getGatewayTraffic, type ModelRoute } from '@ratchet/contract'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { History, Plus } from 'lucide-react'
import { type ReactElement, useMemo, useState } from 'react'
import { useScope } from '../../../api/api-context.ts'
import { toProblem } from '../../../api/problem.ts'
import { useCall } from '../../../api/use-call.ts'
import { useMay } from '../../../app/me-context.ts'
import { Button } from '../../../ui/controls/button.tsx'
import { formatPercent, formatQuantity } from '../../../ui/numbers/format-number.ts'
import { PageHead } from '../../../ui/page-head.tsx'
import { EmptyState } from '../../../ui/states/empty-state.tsx'
import { ErrorState } from '../../../ui/states/error-state.tsx'
import { DataTable } from '../../../ui/table/data-table.tsx'
import { putItem } from '../config/edit-section.ts'
import { HistoryDrawer } from '../config/history-drawer.tsx'
import { SaveConfigDialog } from '../config/save-config-dialog.tsx'
import { routeColumns } from './route-columns.tsx'
import { RouteForm } from './route-form.tsx'

const route = getRouteApi('/gateway/routes')

/** Every route with what it is asked and how its targets do. */
export function RoutesPage(): ReactElement {
  const search = route.useSearch()
  const go = route.useNavigate()
  const navigate = useNavigate()
  const { environment } = useScope()
  const mayWrite = useMay('gateway:write')
  const config = useCall(getGatewayConfig, {}, { pollMs: 15_000 })
  const traffic = useCall(getGatewayTraffic, { query: { environment } }, { pollMs: 10_000 })
  const state = useCall(getGatewayState, { query: { limit: 200 } }, { pollMs: 2_000 })
  const [made, setMade] = useState<ModelRoute>()
  const [cursor, setCursor] = useState<string>()
  const rows = config.data?.config.routes
  const columns = useMemo(() => routeColumns(traffic.data, state.data), [traffic.data, state.data])
  const setSearch = (next: Partial<typeof search>): void =>
    void go({ search: (previous) => ({ ...previous, ...next }) })
  const add = (
    <Button
      kind="primary"
      icon={<Plus size={14} aria-hidden />}
      disabled={!mayWrite}
      onClick={() => setSearch({ add: 'true' })}
    >
      Add route
    </Button>
  )
  const calls = traffic.data?.routes.reduce((sum, one) => sum + one.calls, 0)
  const errors = traffic.data?.routes.reduce((sum, one) => sum + one.errors, 0) ?? 0
  return (
    <div className="relative flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col">
        <PageHead
          title="Routes"
          answer={
            rows === undefined
              ? undefined
              : `${formatQuantity(rows.length, 'route')}${calls === undefined ? '' : `, ${formatQuantity(calls, 'call')} in the last hour`}${calls === undefined || calls === 0 ? '' : `, ${formatPercent(errors / calls)} failed`}`
          }
          actions={
            <>
              <Button
                icon={<History size={14} aria-hidden />}
                onClick={() => setSearch({ history: search.history === 'true' ? undefined : 'true' })}
              >
                History
              </Button>
              {search.add !== 'true' && add}
            </>
          }
        />
        {search.add === 'true' ? (
          <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-6 md:px-6">
            <RouteForm
              route={undefined}
              takenNames={rows?.map(({ name }) => name) ?? []}
              onCancel={() => setSearch({ add: undefined })}
              onReview={setMade}
            />
          </div>
        ) : config.error !== null && rows === undefined ? (
          <div className="p-6">
            <ErrorState
              problem={toProblem(config.error, 'The routes could not be loaded')}
              onRetry={() => void config.refetch()}
            />
          </div>
        ) : (
          <DataTable
            label="Routes"
            columns={columns}
            rows={rows}
            rowKey={({ name }) => name}
            rowHeightPx={40}
            selectedKey={cursor}
            onSelect={({ name }) => setCursor(name)}
            onOpen={({ name }) => void navigate({ to: '/gateway/routes/$name', params: { name } })}
            empty={
              <EmptyState title="No routes yet" command="npx ratchet apply -f gateway.yaml" action={add}>
                A route is a name that clients write as model. Behind it stand models that take over from each
                other when one fails. Add one here, or apply a file.
              </EmptyState>
            }
          />
        )}
      </div>
      <HistoryDrawer search={search} onSearch={setSearch} />
      {made !== undefined && (
        <SaveConfigDialog
          title={`Add route ${made.name}`}
          note={`Add route ${made.name}`}
          edit={putItem('routes', made)}
          onClose={() => setMade(undefined)}
          onSaved={() => void navigate({ to: '/gateway/routes/$name', params: { name: made.name } })}
        />
      )}
    </div>
  )
}
