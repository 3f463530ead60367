import { createConnection, listConnections, listModels, slug } from '@ratchet/contract'
import { type ReactElement, useState } from 'react'
import { toProblem } from '../../api/problem.ts'
import { useCallMutation } from '../../api/use-call.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Checkbox } from '../../ui/controls/checkbox.tsx'
import { Field } from '../../ui/controls/field.tsx'
import { Input } from '../../ui/controls/input.tsx'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import { showToast } from '../../ui/overlays/toast.tsx'
import { ErrorState } from '../../ui/states/error-state.tsx'

/** Adds an OpenAI-compatible endpoint. The credential is sent once, encrypted there, and never shown again. */
export function AddConnectionDialog(props: { readonly onClose: () => void }): ReactElement {
  const [name, setName] = useState('')
  const [baseUrl, setBaseUrl] = useState('')
  const [apiKey, setApiKey] = useState('')
  const [allowPrivate, setAllowPrivate] = useState(false)
  const create = useCallMutation(createConnection, [listConnections, listModels])
  const nameProblem =
    name === '' || slug.safeParse(name).success
      ? undefined
      : 'Use 1 to 64 lower-case letters, digits and "-", starting with a letter or digit.'
  const urlProblem =
    baseUrl === '' || isHttpUrl(baseUrl)
      ? undefined
      : 'Write the whole address, for example https://api.openai.com/v1'
  const isPrivate =
    isHttpUrl(baseUrl) &&
    /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[::1\])/.test(new URL(baseUrl).host)
  const submit = (): void => {
    const key = apiKey === '' ? {} : { apiKey }
    create.mutate(
      { body: { name, provider: 'openai-compatible', baseUrl, allowPrivate, ...key } },
      {
        onSuccess: () => {
          props.onClose()
          showToast({ title: `${name} is added`, detail: `Call its models as ${name}/<model>.` })
        },
      },
    )
  }
  const isReady = name !== '' && baseUrl !== '' && nameProblem === undefined && urlProblem === undefined
  return (
    <Dialog
      open
      onClose={props.onClose}
      title="Add connection"
      about="Any endpoint that speaks the OpenAI format: OpenAI, Azure, Ollama, vLLM, llama.cpp and others."
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
        <Field label="Name" help="Models are written name/model." problem={nameProblem}>
          <Input value={name} onChange={setName} placeholder="openai" startsFocused />
        </Field>
        <Field label="Base URL" problem={urlProblem}>
          <Input value={baseUrl} onChange={setBaseUrl} placeholder="https://api.openai.com/v1" mono />
        </Field>
        <Field label="API key" optional help="Encrypted before it is stored, and never shown again.">
          <Input value={apiKey} onChange={setApiKey} type="password" mono />
        </Field>
        <Checkbox checked={allowPrivate} onChange={setAllowPrivate}>
          Allow loopback and private addresses
        </Checkbox>
        {isPrivate && !allowPrivate && (
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

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}
