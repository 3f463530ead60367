import { type Connection, deleteConnection, listConnections, listModels } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { toProblem } from '../../../api/problem.ts'
import { useCallMutation } from '../../../api/use-call.ts'
import { Button } from '../../../ui/controls/button.tsx'
import { Dialog } from '../../../ui/overlays/dialog.tsx'
import { showToast } from '../../../ui/overlays/toast.tsx'
import { ErrorState } from '../../../ui/states/error-state.tsx'

/** The credential is gone for good, so this one asks. */
export function RemoveConnectionDialog(props: {
  readonly connection: Connection
  readonly onClose: () => void
  readonly onRemoved: () => void
}): ReactElement {
  const { name, baseUrl } = props.connection
  const remove = useCallMutation(deleteConnection, [listConnections, listModels])
  const done = (): void => {
    props.onRemoved()
    showToast({ title: `${name} is removed` })
  }
  return (
    <Dialog
      open
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
      <p className="font-mono text-small break-all text-muted">{baseUrl}</p>
      {remove.error !== null && (
        <ErrorState problem={toProblem(remove.error, 'The connection was not removed')} />
      )}
    </Dialog>
  )
}
