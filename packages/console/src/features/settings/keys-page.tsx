import { type ApiKey, getUsage, listKeys, type OutputOf, revokeKey } from '@ratchet/contract'
import { getRouteApi } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { type ReactElement, useMemo, useState } from 'react'
import { useMay } from '../../app/me-context.ts'
import { toProblem } from '../../api/problem.ts'
import { useCall, useCallMutation, useCallPages } from '../../api/use-call.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Input } from '../../ui/controls/input.tsx'
import { formatCostNano } from '../../ui/numbers/format-number.ts'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import { Drawer } from '../../ui/overlays/drawer.tsx'
import { showToast } from '../../ui/overlays/toast.tsx'
import { EmptyState } from '../../ui/states/empty-state.tsx'
import { ErrorState } from '../../ui/states/error-state.tsx'
import { DataTable } from '../../ui/table/data-table.tsx'
import { CreateKeyDialog } from './create-key-dialog.tsx'
import { keyColumns } from './key-columns.tsx'
import { KeyDetail } from './key-detail.tsx'
import { SettingsHead } from './settings-head.tsx'

const route = getRouteApi('/settings/keys')

/** API keys: who may call, in which environment, what each spent this month, and what is left of its limits. */
export function KeysPage(): ReactElement {
  const { create, key: openId, q = '' } = route.useSearch()
  const go = route.useNavigate()
  const mayWrite = useMay('key:write')
  const mayReadUse = useMay('gateway:read')
  const sought = q.trim().slice(0, 100) || undefined
  const list = useCallPages(listKeys, { query: { limit: 100, search: sought } }, { pollMs: 10_000 })
  const usage = useCall(
    getUsage,
    { query: { by: 'key', limit: 500 } },
    { pollMs: 30_000, enabled: mayReadUse },
  ).data
  const [revoking, setRevoking] = useState<ApiKey>()
  const spentOf = useMemo(() => (usage === undefined ? undefined : spending(usage)), [usage])
  const columns = useMemo(
    () => keyColumns({ spentOf, onRevoke: mayWrite ? setRevoking : undefined }),
    [spentOf, mayWrite],
  )
  const { rows } = list
  const listed = rows?.find(({ id }) => id === openId)
  // A link may lead to a key that is further down the list, or not what is searched for.
  const linked = useCall(
    listKeys,
    { query: { limit: 1, search: openId } },
    { enabled: openId !== undefined && rows !== undefined && listed === undefined },
  ).data?.items.find(({ id }) => id === openId)
  const open = listed ?? linked
  const show = (key: ApiKey | undefined): void =>
    void go({ search: (previous) => ({ ...previous, key: key?.id }) })
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
    <div className="relative flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col">
        <SettingsHead
          answer={
            rows === undefined
              ? undefined
              : answerOf(rows, { hasMore: list.hasMore, isSearch: sought !== undefined, usage })
          }
          actions={createButton}
        />
        <div className="px-4 py-3 md:px-6">
          <div className="w-full sm:w-64">
            <Input
              label="Find a key"
              placeholder="Find a key"
              value={q}
              onChange={(text) =>
                void go({
                  search: (previous) => ({ ...previous, q: text === '' ? undefined : withoutSecret(text) }),
                  replace: true,
                })
              }
            />
          </div>
        </div>
        {list.error !== null && rows === undefined ? (
          <div className="p-6">
            <ErrorState
              problem={toProblem(list.error, 'The keys could not be loaded')}
              onRetry={list.retry}
            />
          </div>
        ) : (
          <DataTable
            label="API keys"
            columns={columns}
            rows={rows}
            rowKey={(key) => key.id}
            rowHeightPx={40}
            selectedKey={openId}
            onSelect={openId === undefined ? undefined : show}
            onOpen={show}
            onEndReached={list.loadMore}
            empty={
              q !== '' ? (
                <p className="px-6 py-4 text-muted">No key has “{q}” in its name, or begins with it.</p>
              ) : (
                <EmptyState
                  title="No API keys yet"
                  command="npx ratchet keys create website --environment development"
                >
                  Clients send a key with every call. It decides project, environment and what they may do.
                </EmptyState>
              )
            }
          />
        )}
      </div>
      {open !== undefined && (
        <Drawer label="Key" name="key" title={open.name} onClose={() => show(undefined)}>
          <KeyDetail key={open.id} apiKey={open} onRevoke={mayWrite ? () => setRevoking(open) : undefined} />
        </Drawer>
      )}
      <CreateKeyDialog open={create === 'true'} onClose={() => setCreating(false)} />
      <RevokeDialog apiKey={revoking} onClose={() => setRevoking(undefined)} />
    </div>
  )
}

type Usage = OutputOf<typeof getUsage>

/** What a key spent in nano-dollars; undefined when it is not among the keys that were read. */
function spending({ groups, nextCursor }: Usage): (key: ApiKey) => number | undefined {
  const spent = new Map(groups.map(({ values: [id = ''], costNano }) => [id, costNano]))
  return ({ id }) => spent.get(id) ?? (nextCursor === undefined ? 0 : undefined)
}

function answerOf(
  keys: readonly ApiKey[],
  facts: { readonly hasMore: boolean; readonly isSearch: boolean; readonly usage: Usage | undefined },
): string {
  const { hasMore, isSearch, usage } = facts
  const active = keys.filter(({ state }) => state === 'active').length
  const count = `${String(active)}${hasMore ? '+' : ''} active ${active === 1 && !hasMore ? 'key' : 'keys'}`
  if (isSearch) return `${count} found`
  return usage === undefined ? count : `${count}, ${formatCostNano(usage.total.costNano)} this month`
}

/** Whoever pastes a whole key is understood, and its secret does not come into the address. */
function withoutSecret(text: string): string {
  return text.replace(/^(rk_[A-Za-z0-9]+)_.*$/, '$1')
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
