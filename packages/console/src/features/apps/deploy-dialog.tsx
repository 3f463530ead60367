import {
  defaultEnvironments,
  type Deployment,
  deployRelease,
  getApp,
  getLoop,
  listApps,
  listDeployments,
} from '@ratchet/contract'
import { type ReactElement, useState } from 'react'
import { useScope } from '../../api/api-context.ts'
import { toProblem } from '../../api/problem.ts'
import { useCallMutation } from '../../api/use-call.ts'
import { useMe } from '../../app/me-context.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Field } from '../../ui/controls/field.tsx'
import { Select } from '../../ui/controls/select.tsx'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import { showToast } from '../../ui/overlays/toast.tsx'
import { EnvironmentWord } from '../../ui/states/environment-word.tsx'
import { ErrorState } from '../../ui/states/error-state.tsx'

/** Asks for the environment and serves the release there. Undo serves what was there before. */
export function DeployDialog(props: {
  readonly app: string
  readonly release: string
  readonly deployments: readonly Deployment[]
  readonly open: boolean
  readonly onClose: () => void
}): ReactElement {
  const { app, release } = props
  const scope = useScope()
  const names = useMe()?.project.environments.map(({ name }) => name) ?? [...defaultEnvironments]
  const [choice, setChoice] = useState<string>()
  const environment = choice ?? scope.environment
  const deploy = useCallMutation(deployRelease, [getApp, listApps, listDeployments, getLoop])
  const before = props.deployments.find((one) => one.environment === environment && one.state === 'live')
    ?.arms[0]?.label
  const run = (): void => {
    const previous = before
    deploy.mutate(
      { params: { app }, body: { environment, release } },
      {
        onSuccess: ({ changed }) => {
          props.onClose()
          if (!changed) showToast({ title: `${environment} already serves ${release}` })
          else {
            const undo = (): void =>
              deploy.mutate({ params: { app }, body: { environment, release: previous ?? release } })
            showToast({
              title: `${environment} serves ${release}`,
              detail: `Calls to app/${app} get it now.`,
              ...(previous === undefined ? {} : { undo }),
            })
          }
        },
      },
    )
  }
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title={`Deploy ${release}`}
      about={
        before === undefined
          ? `${environment} serves no release of ${app} yet.`
          : before === release
            ? `${environment} already serves ${release}.`
            : `${environment} serves ${before} now; ${release} takes over all at once.`
      }
      actions={
        <>
          <Button kind="quiet" onClick={props.onClose}>
            Cancel
          </Button>
          <Button kind="primary" busy={deploy.isPending} disabled={before === release} onClick={run}>
            Deploy to {environment}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label="Environment">
          <Select
            label="Environment"
            value={environment}
            options={names.map((name) => ({
              value: name,
              label: name,
              face: <EnvironmentWord name={name} />,
            }))}
            onChange={setChoice}
          />
        </Field>
        {deploy.error !== null && (
          <ErrorState problem={toProblem(deploy.error, `${release} was not deployed`)} />
        )}
      </div>
    </Dialog>
  )
}
