import {
  type Connection,
  getGatewayTraffic,
  listConnections,
  listModels,
  testConnection,
} from '@ratchet/contract'
import { getRouteApi } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { type ReactElement, useCallback, useMemo } from 'react'
import { useScope } from '../../../api/api-context.ts'
import { toProblem } from '../../../api/problem.ts'
import { useCall, useCallMutation, useCallPages } from '../../../api/use-call.ts'
import { useMay } from '../../../app/me-context.ts'
import { Button } from '../../../ui/controls/button.tsx'
import { Segmented } from '../../../ui/controls/segmented.tsx'
import { formatQuantity } from '../../../ui/numbers/format-number.ts'
import { Drawer } from '../../../ui/overlays/drawer.tsx'
import { showToast } from '../../../ui/overlays/toast.tsx'
import { PageHead } from '../../../ui/page-head.tsx'
import { EmptyState } from '../../../ui/states/empty-state.tsx'
import { ErrorState } from '../../../ui/states/error-state.tsx'
import { DataTable } from '../../../ui/table/data-table.tsx'
import { AddConnectionDialog } from './add-connection-dialog.tsx'
import { connectionColumns } from './connection-columns.tsx'
import { ConnectionDetail } from './connection-detail.tsx'
import { modelColumns } from './model-columns.tsx'
import { filterModels, ModelFilter } from './model-filter.tsx'

const route = getRouteApi('/gateway/models')
const views = [
  { value: 'connections', label: 'Connections' },
  { value: 'models', label: 'Models' },
] as const

/** Connections to model providers and their models: which there are, whether they answer, what they cost. */
export function ModelsPage(): ReactElement {
  const search = route.useSearch()
  const go = route.useNavigate()
  const { environment } = useScope()
  const mayWrite = useMay('connection:write')
  const list = useCallPages(listConnections, { query: { limit: 100 } }, { pollMs: 15_000 })
  const models = useCall(listModels, {})
  const traffic = useCall(getGatewayTraffic, { query: { environment } }, { pollMs: 15_000 })
  const tester = useTest()
  const { rows } = list
  const targets = traffic.data?.targets
  const view = search.view ?? 'connections'
  const setSearch = (next: Partial<typeof search>): void =>
    void go({ search: (previous) => ({ ...previous, ...next }) })
  const columns = useMemo(
    () => connectionColumns({ testing: tester.testing, onTest: tester.run, mayWrite, targets }),
    [tester.testing, tester.run, mayWrite, targets],
  )
  const columnsOfModels = useMemo(() => modelColumns(targets), [targets])
  const { q, can, of } = search
  const all = useMemo(
    () => models.data?.items.filter(({ connection }) => connection !== 'app'),
    [models.data],
  )
  const found = useMemo(
    () => (all === undefined ? undefined : filterModels(all, { q, can, of })),
    [all, q, can, of],
  )
  const isFiltered = q !== undefined || can !== undefined || of !== undefined
  const open = rows?.find(({ name }) => name === search.connection)
  const step = (by: 1 | -1): void => {
    const at = rows?.findIndex(({ name }) => name === search.connection) ?? -1
    const next = rows?.[at + by]
    if (next !== undefined) setSearch({ connection: next.name })
  }
  const error = view === 'connections' ? list.error : models.error
  return (
    <div className="relative flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col">
        <PageHead
          title="Models"
          answer={<Answer connections={rows} models={all?.length} />}
          actions={
            <>
              <Segmented
                label="What to list"
                value={view}
                options={views}
                onChange={(next) => setSearch({ view: next === 'connections' ? undefined : next })}
              />
              <Button
                kind="primary"
                icon={<Plus size={14} aria-hidden />}
                disabled={!mayWrite}
                onClick={() => setSearch({ add: 'true' })}
              >
                Add connection
              </Button>
            </>
          }
        />
        {view === 'models' && (
          <ModelFilter
            models={all ?? []}
            value={search}
            onChange={(next) => void go({ search: (previous) => ({ ...previous, ...next }), replace: true })}
          />
        )}
        {error !== null && (view === 'connections' ? rows : models.data) === undefined ? (
          <div className="p-6">
            <ErrorState
              problem={toProblem(error, `The ${view} could not be loaded`)}
              onRetry={() => (view === 'connections' ? list.retry() : void models.refetch())}
            />
          </div>
        ) : view === 'connections' ? (
          <DataTable
            label="Connections"
            columns={columns}
            rows={rows}
            rowKey={(connection) => connection.name}
            rowHeightPx={40}
            selectedKey={search.connection}
            onSelect={(connection) => setSearch({ connection: connection.name })}
            onOpen={(connection) => setSearch({ connection: connection.name })}
            onEndReached={list.loadMore}
            empty={<NoConnections />}
            foot={
              rows?.every(({ origin }) => origin === 'built-in') === true ? (
                <div className="px-4 md:px-6">
                  <NoConnections />
                </div>
              ) : undefined
            }
          />
        ) : (
          <DataTable
            label="Models"
            columns={columnsOfModels}
            rows={found}
            rowKey={(model) => model.id}
            empty={
              <EmptyState
                title={isFiltered ? 'No model meets all of this' : 'No models yet'}
                command="npx ratchet models list"
              >
                {isFiltered
                  ? 'A model may have an ability that nobody has established; only known ones are found.'
                  : 'Models are read when a connection is added or tested.'}
              </EmptyState>
            }
          />
        )}
      </div>
      {open !== undefined && (
        <Drawer
          label="Connection"
          name="connection"
          title={open.name}
          onClose={() => setSearch({ connection: undefined })}
          onStep={step}
        >
          <ConnectionDetail
            key={open.name}
            connection={open}
            models={models.data?.items}
            targets={targets}
            mayWrite={mayWrite}
            isTesting={tester.testing === open.name}
            onTest={() => tester.run(open.name)}
            onRemoved={() => setSearch({ connection: undefined })}
          />
        </Drawer>
      )}
      {search.add === 'true' && (
        <AddConnectionDialog
          onClose={() => setSearch({ add: undefined })}
          onAdded={(name) => {
            setSearch({ add: undefined, connection: name })
            tester.run(name)
          }}
        />
      )}
    </div>
  )
}

function useTest() {
  const test = useCallMutation(testConnection, [listConnections, listModels])
  const { mutate, isPending, variables } = test
  const run = useCallback(
    (name: string): void =>
      mutate(
        { params: { name } },
        {
          onSuccess: ({ ok, message, models }) =>
            showToast({
              title: ok ? `${name} answers` : `${name} does not answer`,
              detail: ok
                ? `${message.replace(/\.$/, '')}. ${formatQuantity(models.length, 'model')}.`
                : message,
            }),
          onError: (error) => showToast({ title: `${name} was not tested`, detail: error.message }),
        },
      ),
    [mutate],
  )
  return { run, testing: isPending ? variables.params.name : undefined }
}

function Answer(props: {
  readonly connections: readonly Connection[] | undefined
  readonly models: number | undefined
}): ReactElement | undefined {
  const { connections, models } = props
  if (connections === undefined) return undefined
  const failing = connections.filter(({ lastTest }) => lastTest?.ok === false).map(({ name }) => name)
  const count = formatQuantity(connections.length, 'connection')
  return (
    <>
      {failing.length === 0 ? (
        count
      ) : (
        <>
          <span className="text-bad">{failing.join(', ')} did not answer the last test</span>; {count}
        </>
      )}
      {models !== undefined && `, ${formatQuantity(models, 'model')}`}
    </>
  )
}

function NoConnections(): ReactElement {
  return (
    <EmptyState
      title="No provider is connected yet"
      command="npx ratchet connections add openai --key env:OPENAI_API_KEY"
    >
      A connection is the address and key of a model provider. Add one here or in a terminal; keys that stand
      in environment variables are found when Ratchet starts.
    </EmptyState>
  )
}
