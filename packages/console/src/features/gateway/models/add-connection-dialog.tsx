import {
  baseUrlOf,
  createConnection,
  listConnections,
  listModels,
  type Provider,
  type ProviderInfo,
  providerTable,
  slug,
} from '@ratchet/contract'
import { ExternalLink } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import { toProblem } from '../../../api/problem.ts'
import { useCallMutation } from '../../../api/use-call.ts'
import { Button } from '../../../ui/controls/button.tsx'
import { Checkbox } from '../../../ui/controls/checkbox.tsx'
import { Combobox } from '../../../ui/controls/combobox.tsx'
import { Field } from '../../../ui/controls/field.tsx'
import { Input } from '../../../ui/controls/input.tsx'
import { Dialog } from '../../../ui/overlays/dialog.tsx'
import { ErrorState } from '../../../ui/states/error-state.tsx'
import { isHttpUrl, isPrivateAddress, keyWordsOf, providerOptions } from './provider-words.ts'

/** Adds a connection to any provider. The credential is sent once, encrypted there, and never shown again. */
export function AddConnectionDialog(props: {
  readonly onClose: () => void
  readonly onAdded: (name: string) => void
}): ReactElement {
  const [provider, setProvider] = useState<Provider>('openai')
  const [name, setName] = useState<string>()
  const [settings, setSettings] = useState<Readonly<Record<string, string>>>({})
  const [baseUrl, setBaseUrl] = useState('')
  const [apiKey, setApiKey] = useState('')
  const [allowPrivate, setAllowPrivate] = useState<boolean>()
  const create = useCallMutation(createConnection, [listConnections, listModels])
  const info: ProviderInfo = providerTable[provider]
  const ownName = name ?? provider
  const filled = Object.fromEntries(Object.entries(settings).filter(([, value]) => value.trim() !== ''))
  const standardUrl = baseUrlOf(provider, filled)
  const address = baseUrl === '' ? (standardUrl ?? '') : baseUrl
  const isPrivate = isPrivateAddress(address)
  // Whoever chooses a server that runs at home by default means it.
  const mayBePrivate = allowPrivate ?? isPrivateAddress(info.defaultBaseUrl ?? '')
  const missing = info.settings.filter(
    ({ name: setting, required }) => required && filled[setting] === undefined && baseUrl === '',
  )
  const nameProblem =
    ownName === '' || slug.safeParse(ownName).success
      ? undefined
      : 'Use 1 to 64 lower-case letters, digits and "-", starting with a letter or digit.'
  const urlProblem =
    baseUrl === '' || isHttpUrl(baseUrl)
      ? undefined
      : 'Write the whole address, for example https://models.example.com/v1'
  const isReady =
    ownName !== '' &&
    nameProblem === undefined &&
    urlProblem === undefined &&
    missing.length === 0 &&
    (baseUrl !== '' || standardUrl !== undefined)
  const submit = (): void =>
    create.mutate(
      {
        body: {
          name: ownName,
          provider,
          settings: filled,
          allowPrivate: mayBePrivate,
          ...(baseUrl === '' ? {} : { baseUrl }),
          ...(apiKey === '' ? {} : { apiKey }),
        },
      },
      { onSuccess: () => props.onAdded(ownName) },
    )
  const key = keyWordsOf(provider)
  return (
    <Dialog
      open
      onClose={props.onClose}
      title="Add connection"
      about="The address and key of a model provider. Its models are then called as name/model."
      actions={
        <>
          <Button kind="quiet" onClick={props.onClose}>
            Cancel
          </Button>
          <Button
            kind="primary"
            type="submit"
            form="add-connection"
            busy={create.isPending}
            disabled={!isReady}
          >
            Add connection
          </Button>
        </>
      }
    >
      <form
        id="add-connection"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady) submit()
        }}
      >
        <div className="flex flex-col gap-1">
          <span className="text-small font-medium text-muted">Provider</span>
          <Combobox
            label="Provider"
            value={provider}
            options={providerOptions}
            onChange={(next) => {
              const chosen = providerOptions.find(({ value }) => value === next)
              if (chosen === undefined) return
              setProvider(chosen.value)
              setSettings({})
              setAllowPrivate(undefined)
            }}
          />
          <a
            href={info.docs}
            target="_blank"
            rel="noopener noreferrer"
            className="inline-flex items-center gap-1 self-start text-small text-accent hover:underline"
          >
            What {info.label} says about its API
            <ExternalLink size={12} aria-hidden />
          </a>
        </div>
        <Field
          label="Name"
          help={`Models are written ${ownName === '' ? 'name' : ownName}/model.`}
          problem={nameProblem}
        >
          <Input value={ownName} onChange={setName} startsFocused />
        </Field>
        {info.settings.map((setting) => (
          <Field key={setting.name} label={setting.label} optional={!setting.required}>
            <Input
              value={settings[setting.name] ?? ''}
              onChange={(value) => setSettings({ ...settings, [setting.name]: value })}
              mono
              {...(setting.default === undefined ? {} : { placeholder: setting.default })}
            />
          </Field>
        ))}
        <Field label={key.label} optional={key.isOptional} help={key.help}>
          <Input value={apiKey} onChange={setApiKey} type="password" mono />
        </Field>
        <Field
          label="Address"
          optional={info.defaultBaseUrl !== undefined}
          problem={urlProblem}
          help={
            standardUrl === undefined
              ? undefined
              : 'Empty for the public address. Another one for a proxy or a region.'
          }
        >
          <Input
            value={baseUrl}
            onChange={setBaseUrl}
            placeholder={standardUrl ?? info.defaultBaseUrl ?? 'http://127.0.0.1:8000/v1'}
            mono
          />
        </Field>
        {(isPrivate || mayBePrivate) && (
          <Checkbox checked={mayBePrivate} onChange={setAllowPrivate}>
            Allow loopback and private addresses
          </Checkbox>
        )}
        {isPrivate && !mayBePrivate && (
          <p className="text-small text-warn">
            This is an address of your own network. Allow private addresses, or the gateway refuses it.
          </p>
        )}
        {create.error !== null && (
          <ErrorState problem={toProblem(create.error, 'The connection was not added')} />
        )}
      </form>
    </Dialog>
  )
}
