import { type ApiKey, listKeys, revokeKey } from '@ratchet/contract'
import { getRouteApi } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { type ReactElement, useMemo, useState } from 'react'
import { useMay } from '../../app/me-context.ts'
import { toProblem } from '../../api/problem.ts'
import { useCallMutation, useCallPages } from '../../api/use-call.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import { showToast } from '../../ui/overlays/toast.tsx'
import { EmptyState } from '../../ui/states/empty-state.tsx'
import { ErrorState } from '../../ui/states/error-state.tsx'
import { DataTable } from '../../ui/table/data-table.tsx'
import { CreateKeyDialog } from './create-key-dialog.tsx'
import { keyColumns } from './key-columns.tsx'
import { SettingsHead } from './settings-head.tsx'

const route = getRouteApi('/settings/keys')

/** API keys: who may call, in which environment, and when a key was last used. */
export function KeysPage(): ReactElement {
  const { create } = route.useSearch()
  const go = route.useNavigate()
  const mayWrite = useMay('key:write')
  const list = useCallPages(listKeys, { query: { limit: 100 } }, { pollMs: 10_000 })
  const [revoking, setRevoking] = useState<ApiKey>()
  const columns = useMemo(() => keyColumns(mayWrite ? setRevoking : undefined), [mayWrite])
  const { rows } = list
  const active = rows?.filter(({ state }) => state === 'active').length ?? 0
  const setCreating = (isOpen: boolean): void =>
    void go({ search: (previous) => ({ ...previous, create: isOpen ? 'true' : undefined }), replace: true })
  const createButton = (
    <Button
      kind="primary"
      icon={<Plus size={14} aria-hidden />}
      disabled={!mayWrite}
      onClick={() => setCreating(true)}
    >
      Create key
    </Button>
  )
  return (
    <>
      <SettingsHead
        answer={rows === undefined ? undefined : `${String(active)} active ${active === 1 ? 'key' : 'keys'}`}
        actions={createButton}
      />
      {list.error !== null && rows === undefined ? (
        <div className="p-6">
          <ErrorState problem={toProblem(list.error, 'The keys could not be loaded')} onRetry={list.retry} />
        </div>
      ) : (
        <DataTable
          label="API keys"
          columns={columns}
          rows={rows}
          rowKey={(key) => key.id}
          rowHeightPx={40}
          onEndReached={list.loadMore}
          empty={
            <EmptyState
              title="No API keys yet"
              command="npx ratchet keys create website --environment development"
            >
              Clients send a key with every call. It decides project, environment and what they may do.
            </EmptyState>
          }
        />
      )}
      <CreateKeyDialog open={create === 'true'} onClose={() => setCreating(false)} />
      <RevokeDialog apiKey={revoking} onClose={() => setRevoking(undefined)} />
    </>
  )
}

/** Revoking cannot be undone, so this one asks. */
function RevokeDialog(props: {
  readonly apiKey: ApiKey | undefined
  readonly onClose: () => void
}): ReactElement {
  const { apiKey } = props
  const revoke = useCallMutation(revokeKey, [listKeys])
  return (
    <Dialog
      open={apiKey !== undefined}
      onClose={props.onClose}
      title={`Revoke ${apiKey?.name ?? ''}?`}
      about="Clients that use this key are refused within a second. It cannot be undone; a new key has a new secret."
      actions={
        <>
          <Button kind="quiet" onClick={props.onClose}>
            Keep key
          </Button>
          <Button
            kind="danger"
            busy={revoke.isPending}
            onClick={() => {
              if (apiKey === undefined) return
              const done = (): void => {
                props.onClose()
                showToast({ title: `${apiKey.name} is revoked` })
              }
              revoke.mutate({ params: { id: apiKey.id } }, { onSuccess: done })
            }}
          >
            Revoke key
          </Button>
        </>
      }
    >
      <p className="font-mono text-small text-muted">{apiKey?.preview}</p>
      {revoke.error !== null && <ErrorState problem={toProblem(revoke.error, 'The key was not revoked')} />}
    </Dialog>
  )
}
