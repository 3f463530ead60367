import {
  addConnectionKey,
  type Connection,
  type ConnectionKey,
  getGatewayState,
  listConnections,
  providerTable,
  removeConnectionKey,
  type RestingKey,
} from '@ratchet/contract'
import { Plus } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import { toProblem } from '../../../api/problem.ts'
import { useCall, useCallMutation } from '../../../api/use-call.ts'
import { Button } from '../../../ui/controls/button.tsx'
import { Field } from '../../../ui/controls/field.tsx'
import { Input } from '../../../ui/controls/input.tsx'
import { formatQuantity } from '../../../ui/numbers/format-number.ts'
import { Countdown } from '../../../ui/numbers/countdown.tsx'
import { Time } from '../../../ui/numbers/time.tsx'
import { Dialog } from '../../../ui/overlays/dialog.tsx'
import { showToast } from '../../../ui/overlays/toast.tsx'
import { ErrorState } from '../../../ui/states/error-state.tsx'
import { State } from '../../../ui/states/state.tsx'
import { keyWordsOf } from './provider-words.ts'

/** Keys of a connection. Add the new one, then remove the old one: that is a rotation without a failed call. */
export function ConnectionKeys(props: {
  readonly connection: Connection
  readonly mayWrite: boolean
}): ReactElement {
  const { connection } = props
  const [isAdding, setIsAdding] = useState(false)
  const [removing, setRemoving] = useState<ConnectionKey>()
  const state = useCall(getGatewayState, { query: { connection: connection.name } }, { pollMs: 5_000 })
  const mayChange = props.mayWrite && connection.origin === 'stored'
  return (
    <section aria-label="Keys" className="flex flex-col gap-2">
      <div className="flex items-center justify-between gap-2">
        <h2 className="font-medium">
          {connection.keys.length === 0 ? 'No key' : formatQuantity(connection.keys.length, 'key')}
        </h2>
        {mayChange && (
          <Button icon={<Plus size={13} aria-hidden />} onClick={() => setIsAdding(true)}>
            Add key
          </Button>
        )}
      </div>
      {connection.keys.length > 0 && (
        <ul className="rounded-control border border-line">
          {connection.keys.map((key) => (
            <li
              key={key.id}
              className="flex min-h-10 flex-wrap items-center gap-x-4 border-b border-line px-3 last:border-b-0"
            >
              <span className="font-mono text-small">…{key.preview}</span>
              <span className="flex-1 text-small text-muted">
                <Rest
                  rest={state.data?.keys.find(
                    (one) => one.connection === connection.name && one.id === key.id,
                  )}
                />
                added <Time at={key.addedAt} />,{' '}
                {key.lastUsedAt === undefined ? (
                  'not used yet'
                ) : (
                  <>
                    used <Time at={key.lastUsedAt} />
                  </>
                )}
              </span>
              {mayChange && (
                <Button kind="quiet" label={`Remove key ${key.preview}`} onClick={() => setRemoving(key)}>
                  Remove
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <p className="text-small text-faint">
        {connection.origin === 'environment'
          ? `The key comes from an environment variable (${providerTable[connection.provider].keyVariables.join(', ')}); change it there.`
          : connection.keys.length > 1
            ? 'Calls are spread over the keys. One that is refused or rate limited rests while the others serve.'
            : 'To rotate, add the new key, then remove the old one. No call fails meanwhile.'}
      </p>
      {isAdding && <AddKeyDialog connection={connection} onClose={() => setIsAdding(false)} />}
      <RemoveKeyDialog connection={connection} apiKey={removing} onClose={() => setRemoving(undefined)} />
    </section>
  )
}

/** That gateways leave the key alone for now, and until when. */
function Rest({ rest }: { readonly rest: RestingKey | undefined }): ReactElement | undefined {
  if (rest === undefined) return undefined
  return (
    <span className="mr-3">
      <State tone={rest.isRefused ? 'bad' : 'warn'}>
        {rest.isRefused ? 'refused' : 'rests'}
        {rest.readyAt !== undefined && (
          <>
            , again <Countdown to={rest.readyAt} over="now" />
          </>
        )}
      </State>
    </span>
  )
}

function AddKeyDialog(props: {
  readonly connection: Connection
  readonly onClose: () => void
}): ReactElement {
  const { name, provider } = props.connection
  const [apiKey, setApiKey] = useState('')
  const add = useCallMutation(addConnectionKey, [listConnections])
  const { label, help } = keyWordsOf(provider)
  const done = (): void => {
    props.onClose()
    showToast({ title: `${name} has another key`, detail: 'It is used within a second.' })
  }
  return (
    <Dialog
      open
      onClose={props.onClose}
      title={`Add a key to ${name}`}
      about="Calls are spread over all keys of the connection."
      actions={
        <>
          <Button kind="quiet" onClick={props.onClose}>
            Cancel
          </Button>
          <Button kind="primary" type="submit" form="add-key" busy={add.isPending} disabled={apiKey === ''}>
            Add key
          </Button>
        </>
      }
    >
      <form
        id="add-key"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (apiKey !== '') add.mutate({ params: { name }, body: { apiKey } }, { onSuccess: done })
        }}
      >
        <Field label={label} help={help}>
          <Input value={apiKey} onChange={setApiKey} type="password" mono startsFocused />
        </Field>
        {add.error !== null && <ErrorState problem={toProblem(add.error, 'The key was not added')} />}
      </form>
    </Dialog>
  )
}

/** The key is gone for good, so this one asks. */
function RemoveKeyDialog(props: {
  readonly connection: Connection
  readonly apiKey: ConnectionKey | undefined
  readonly onClose: () => void
}): ReactElement {
  const { connection, apiKey } = props
  const remove = useCallMutation(removeConnectionKey, [listConnections])
  const done = (): void => {
    props.onClose()
    showToast({ title: `Key …${apiKey?.preview ?? ''} is removed` })
  }
  const isLast = connection.keys.length === 1
  return (
    <Dialog
      open={apiKey !== undefined}
      onClose={props.onClose}
      title={`Remove key …${apiKey?.preview ?? ''}?`}
      about={
        isLast
          ? `It is the only key of ${connection.name}: calls that need one fail from now on. Add another one first.`
          : `The other keys of ${connection.name} go on serving. Calls that run now end as they began.`
      }
      actions={
        <>
          <Button kind="quiet" onClick={props.onClose}>
            Keep key
          </Button>
          <Button
            kind="danger"
            busy={remove.isPending}
            onClick={() => {
              if (apiKey !== undefined)
                remove.mutate({ params: { name: connection.name, id: apiKey.id } }, { onSuccess: done })
            }}
          >
            Remove key
          </Button>
        </>
      }
    >
      <p className="text-small text-muted">
        Added <Time at={apiKey?.addedAt} />. It is deleted here; revoke it at the provider too.
      </p>
      {remove.error !== null && <ErrorState problem={toProblem(remove.error, 'The key was not removed')} />}
    </Dialog>
  )
}
