import {
  type Connection,
  deleteConnection,
  listConnections,
  listModels,
  testConnection,
} from '@ratchet/contract'
import { Plus } from 'lucide-react'
import { type ReactElement, useMemo, useState } from 'react'
import { useMay } from '../../app/me-context.ts'
import { toProblem } from '../../api/problem.ts'
import { useCallMutation, useCallPages } from '../../api/use-call.ts'
import { Button } from '../../ui/controls/button.tsx'
import { formatQuantity } from '../../ui/numbers/format-number.ts'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import { showToast } from '../../ui/overlays/toast.tsx'
import { EmptyState } from '../../ui/states/empty-state.tsx'
import { ErrorState } from '../../ui/states/error-state.tsx'
import { DataTable } from '../../ui/table/data-table.tsx'
import { AddConnectionDialog } from './add-connection-dialog.tsx'
import { connectionColumns } from './connection-columns.tsx'
import { SettingsHead } from './settings-head.tsx'

/** Connections to model providers: which there are, and whether they answer. */
export function ConnectionsPage(): ReactElement {
  const mayWrite = useMay('connection:write')
  const list = useCallPages(listConnections, { query: { limit: 100 } }, { pollMs: 15_000 })
  const test = useCallMutation(testConnection, [listConnections, listModels])
  const [isAdding, setIsAdding] = useState(false)
  const [removing, setRemoving] = useState<Connection>()
  const { rows } = list
  const { mutate, isPending, variables } = test
  const testing = isPending ? variables.params.name : undefined
  const columns = useMemo(() => {
    const run = (connection: Connection): void =>
      mutate(
        { params: { name: connection.name } },
        {
          onSuccess: ({ ok, message, models }) =>
            showToast({
              title: ok ? `${connection.name} answers` : `${connection.name} does not answer`,
              detail: ok
                ? `${message.replace(/\.$/, '')}. ${formatQuantity(models.length, 'model')}.`
                : message,
            }),
          onError: (error) =>
            showToast({ title: `${connection.name} was not tested`, detail: error.message }),
        },
      )
    return connectionColumns({ testing, onTest: run, onRemove: setRemoving, mayWrite })
  }, [mutate, testing, mayWrite])
  return (
    <>
      <SettingsHead
        answer={
          rows === undefined
            ? undefined
            : `${String(rows.length)} ${rows.length === 1 ? 'connection' : 'connections'}`
        }
        actions={
          <Button
            kind="primary"
            icon={<Plus size={14} aria-hidden />}
            disabled={!mayWrite}
            onClick={() => setIsAdding(true)}
          >
            Add connection
          </Button>
        }
      />
      {list.error !== null && rows === undefined ? (
        <div className="p-6">
          <ErrorState
            problem={toProblem(list.error, 'The connections could not be loaded')}
            onRetry={list.retry}
          />
        </div>
      ) : (
        <DataTable
          label="Connections"
          columns={columns}
          rows={rows}
          rowKey={(connection) => connection.name}
          rowHeightPx={40}
          onEndReached={list.loadMore}
          empty={
            <EmptyState
              title="No connections yet"
              command="npx ratchet connections add ollama --provider openai-compatible --base-url http://127.0.0.1:11434/v1 --allow-private"
            >
              A connection is the address and key of a model provider.
            </EmptyState>
          }
        />
      )}
      {isAdding && <AddConnectionDialog onClose={() => setIsAdding(false)} />}
      <RemoveDialog connection={removing} onClose={() => setRemoving(undefined)} />
    </>
  )
}

/** The credential is gone for good, so this one asks. */
function RemoveDialog(props: {
  readonly connection: Connection | undefined
  readonly onClose: () => void
}): ReactElement {
  const name = props.connection?.name ?? ''
  const remove = useCallMutation(deleteConnection, [listConnections, listModels])
  const done = (): void => {
    props.onClose()
    showToast({ title: `${name} is removed` })
  }
  return (
    <Dialog
      open={props.connection !== undefined}
      onClose={props.onClose}
      title={`Remove ${name}?`}
      about={`Calls to models written ${name}/… fail from now on. The stored credential is deleted.`}
      actions={
        <>
          <Button kind="quiet" onClick={props.onClose}>
            Keep connection
          </Button>
          <Button
            kind="danger"
            busy={remove.isPending}
            onClick={() => remove.mutate({ params: { name } }, { onSuccess: done })}
          >
            Remove connection
          </Button>
        </>
      }
    >
      <p className="font-mono text-small text-muted">{props.connection?.baseUrl}</p>
      {remove.error !== null && (
        <ErrorState problem={toProblem(remove.error, 'The connection was not removed')} />
      )}
    </Dialog>
  )
}
