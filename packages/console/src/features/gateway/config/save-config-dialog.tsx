import {
  type GatewayConfig,
  getGatewayConfig,
  getGatewayTraffic,
  isAppError,
  listGatewayConfigVersions,
  listLimitUse,
  listModels,
  planGatewayConfig,
  putGatewayConfig,
} from '@ratchet/contract'
import { type ReactElement, useEffect, useState } from 'react'
import { toProblem } from '../../../api/problem.ts'
import { useCallMutation } from '../../../api/use-call.ts'
import { Button } from '../../../ui/controls/button.tsx'
import { Field } from '../../../ui/controls/field.tsx'
import { Input } from '../../../ui/controls/input.tsx'
import { Dialog } from '../../../ui/overlays/dialog.tsx'
import { showToast } from '../../../ui/overlays/toast.tsx'
import { ErrorState } from '../../../ui/states/error-state.tsx'
import { Skeleton } from '../../../ui/states/skeleton.tsx'
import { ChangeList } from './change-list.tsx'
import { ProblemList } from './problem-list.tsx'

/** A change as what it does to a configuration, so that it can be applied to a newer one too. */
export type ConfigEdit = (config: GatewayConfig) => GatewayConfig

/**
 * Shows what a change does before it is made: the difference, and what is wrong with it. When somebody else has saved
 * meanwhile it says who, and applies the change to what is there now.
 */
export function SaveConfigDialog(props: {
  readonly title: string
  readonly note: string
  /** Changes the configuration that is read when the dialog opens. */
  readonly edit: ConfigEdit
  readonly onClose: () => void
  readonly onSaved?: () => void
}): ReactElement {
  const { edit } = props
  const [note, setNote] = useState(props.note)
  const [base, setBase] = useState<{ readonly version: number; readonly config: GatewayConfig }>()
  const read = useCallMutation(getGatewayConfig, [])
  const plan = useCallMutation(planGatewayConfig, [])
  const save = useCallMutation(putGatewayConfig, [
    getGatewayConfig,
    listGatewayConfigVersions,
    getGatewayTraffic,
    listLimitUse,
    // Their prices may be other ones now.
    listModels,
  ])
  const { mutateAsync: readNow } = read
  const { mutateAsync: planNow } = plan
  const start = async (): Promise<void> => {
    const stored = await readNow({})
    const config = edit(stored.config)
    setBase({ version: stored.version, config })
    await planNow({ body: { config } })
  }
  useEffect(() => {
    // Failures show below, from the mutations themselves.
    void start().catch(() => undefined)
    // The change is what it was when the dialog opened.
    // eslint-disable-next-line react/exhaustive-deps
  }, [])
  const planned = plan.data
  const error = read.error ?? plan.error
  const isConflict = isAppError(save.error) && save.error.code === 'conflict'
  const hasErrors = planned?.problems.some(({ severity }) => severity === 'error') === true
  const again = (): void => {
    save.reset()
    void start().catch(() => undefined)
  }
  const submit = (): void => {
    if (base === undefined) return
    save.mutate(
      { body: { baseVersion: base.version, config: base.config, note } },
      {
        onSuccess: ({ version }) => {
          showToast({
            title: `Version ${String(version)} is live`,
            detail: 'Gateways have it within a second.',
          })
          props.onClose()
          props.onSaved?.()
        },
      },
    )
  }
  const isNothing = planned !== undefined && planned.changes.length === 0
  return (
    <Dialog
      open
      onClose={props.onClose}
      title={props.title}
      about={base === undefined ? undefined : `Against version ${String(base.version)}, which is live now.`}
      actions={
        <>
          <Button kind="quiet" onClick={props.onClose}>
            Go back
          </Button>
          {isConflict ? (
            <Button kind="primary" onClick={again}>
              Apply my change to the newest version
            </Button>
          ) : (
            <Button
              kind="primary"
              busy={save.isPending}
              disabled={planned === undefined || hasErrors || isNothing}
              onClick={submit}
            >
              {base === undefined ? 'Save' : `Save version ${String(base.version + 1)}`}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {error !== null && (
          <ErrorState problem={toProblem(error, 'The change could not be checked')} onRetry={again} />
        )}
        {save.error !== null && (
          <ErrorState
            problem={toProblem(
              save.error,
              isConflict ? 'Somebody else has saved meanwhile' : 'The change was not saved',
            )}
          />
        )}
        {planned === undefined ? (
          error === null && <Skeleton lines={4} />
        ) : (
          <>
            <ProblemList problems={planned.problems} />
            {isNothing ? (
              <p className="text-muted">Nothing differs from the version that is live.</p>
            ) : (
              <ChangeList changes={planned.changes} />
            )}
            {!isNothing && (
              <Field label="Note" optional help="Shown in the history.">
                <Input value={note} onChange={setNote} />
              </Field>
            )}
          </>
        )}
      </div>
    </Dialog>
  )
}
