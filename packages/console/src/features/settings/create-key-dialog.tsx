import {
  createKey,
  defaultEnvironments,
  listKeys,
  type OutputOf,
  type Permission,
  type ScopeSet,
  scopeSets,
} from '@ratchet/contract'
import { type ReactElement, useState } from 'react'
import { useScope } from '../../api/api-context.ts'
import { toProblem } from '../../api/problem.ts'
import { useCallMutation } from '../../api/use-call.ts'
import { useMe } from '../../app/me-context.ts'
import { CommandLine } from '../../ui/code/command-line.tsx'
import { CopyButton } from '../../ui/code/copy-button.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Field } from '../../ui/controls/field.tsx'
import { Input } from '../../ui/controls/input.tsx'
import { Select } from '../../ui/controls/select.tsx'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import { EnvironmentWord } from '../../ui/states/environment-word.tsx'
import { ErrorState } from '../../ui/states/error-state.tsx'

const scopes: readonly { readonly value: ScopeSet; readonly label: string; readonly note: string }[] = [
  { value: 'invoke', label: 'Call models and apps', note: 'what a client needs' },
  { value: 'read', label: 'Read everything', note: 'change nothing' },
  { value: 'admin', label: 'Everything', note: 'for automation you trust' },
]
const lifetimes = [
  { value: 'never', label: 'Does not expire', days: undefined },
  { value: '30', label: '30 days', days: 30 },
  { value: '90', label: '90 days', days: 90 },
  { value: '365', label: '1 year', days: 365 },
] as const

/** Makes a key, then shows its secret: the only time it is seen. */
export function CreateKeyDialog(props: {
  readonly open: boolean
  readonly onClose: () => void
}): ReactElement {
  const [made, setMade] = useState<OutputOf<typeof createKey>>()
  const close = (): void => {
    setMade(undefined)
    props.onClose()
  }
  if (made === undefined) return <KeyForm open={props.open} onClose={props.onClose} onMade={setMade} />
  return <KeyShownOnce made={made} onClose={close} />
}

function KeyForm(props: {
  readonly open: boolean
  readonly onClose: () => void
  readonly onMade: (made: OutputOf<typeof createKey>) => void
}): ReactElement {
  const scope = useScope()
  const environments = useMe()?.project.environments.map(({ name }) => name) ?? [...defaultEnvironments]
  const [name, setName] = useState('')
  const [environment, setEnvironment] = useState(scope.environment)
  const [set, setSet] = useState<ScopeSet>('invoke')
  const [lifetime, setLifetime] = useState<(typeof lifetimes)[number]['value']>('never')
  const create = useCallMutation(createKey, [listKeys])
  const submit = (): void => {
    const days = lifetimes.find(({ value }) => value === lifetime)?.days
    const expiresAt =
      days === undefined ? {} : { expiresAt: new Date(Date.now() + days * 86_400_000).toISOString() }
    const wanted: Permission[] = [...scopeSets[set]]
    create.mutate({ body: { name, environment, scopes: wanted, ...expiresAt } }, { onSuccess: props.onMade })
  }
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title="Create API key"
      about="The key decides project and environment of every call made with it."
      actions={
        <>
          <Button kind="quiet" onClick={props.onClose}>
            Cancel
          </Button>
          <Button
            kind="primary"
            type="submit"
            form="create-key"
            busy={create.isPending}
            disabled={name.trim() === ''}
          >
            Create key
          </Button>
        </>
      }
    >
      <form
        id="create-key"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <Field label="Name" help="Who or what uses it, to know which one to revoke.">
          <Input value={name} onChange={setName} placeholder="website" startsFocused />
        </Field>
        <Field label="Environment">
          <Select
            label="Environment"
            value={environment}
            options={environments.map((one) => ({
              value: one,
              label: one,
              face: <EnvironmentWord name={one} />,
            }))}
            onChange={setEnvironment}
          />
        </Field>
        <Field label="May">
          <Select label="May" value={set} options={scopes} onChange={setSet} />
        </Field>
        <Field label="Expires">
          <Select
            label="Expires"
            value={lifetime}
            options={lifetimes.map(({ value, label }) => ({ value, label }))}
            onChange={setLifetime}
          />
        </Field>
        {create.error !== null && <ErrorState problem={toProblem(create.error, 'The key was not created')} />}
      </form>
    </Dialog>
  )
}

function KeyShownOnce(props: {
  readonly made: OutputOf<typeof createKey>
  readonly onClose: () => void
}): ReactElement {
  const { key, secret } = props.made
  const gatewayUrl = useMe()?.gatewayUrl ?? 'http://127.0.0.1:4701'
  return (
    <Dialog
      open
      dismissible={false}
      onClose={props.onClose}
      title={`${key.name} is ready`}
      about="Copy the key now. It is stored as a hash only and cannot be shown again."
      actions={
        <Button kind="primary" onClick={props.onClose}>
          I have copied the key
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <div className="flex items-center gap-2 rounded-control border border-line bg-subtle py-1 pr-1 pl-3">
          <code className="min-w-0 flex-1 font-mono text-small break-all select-all">{secret}</code>
          <CopyButton text={secret} label="Copy key" />
        </div>
        <div>
          <p className="mb-1 text-small font-medium text-muted">Use it with any OpenAI client</p>
          <CommandLine command={`export OPENAI_BASE_URL=${gatewayUrl}/v1\nexport OPENAI_API_KEY=${secret}`} />
        </div>
      </div>
    </Dialog>
  )
}
