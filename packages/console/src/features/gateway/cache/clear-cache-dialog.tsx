import { clearGatewayCache, getGatewayCache } from '@ratchet/contract'
import { type ReactElement, useState } from 'react'
import { toProblem } from '../../../api/problem.ts'
import { useCallMutation } from '../../../api/use-call.ts'
import { Button } from '../../../ui/controls/button.tsx'
import { Field } from '../../../ui/controls/field.tsx'
import { Input } from '../../../ui/controls/input.tsx'
import { Select } from '../../../ui/controls/select.tsx'
import { Dialog } from '../../../ui/overlays/dialog.tsx'
import { showToast } from '../../../ui/overlays/toast.tsx'
import { ErrorState } from '../../../ui/states/error-state.tsx'

const all = '*'

/** Forgets kept answers: those that meet everything that is given. They cannot be brought back, so it says what goes. */
export function ClearCacheDialog(props: {
  readonly policies: readonly string[]
  readonly onClose: () => void
}): ReactElement {
  const [policy, setPolicy] = useState(all)
  const [model, setModel] = useState('')
  const [keyPrefix, setKeyPrefix] = useState('')
  const clear = useCallMutation(clearGatewayCache, [getGatewayCache])
  const keyProblem =
    keyPrefix === '' || /^[0-9a-f]{4,64}$/.test(keyPrefix)
      ? undefined
      : 'Give 4 to 64 lower-case hex digits, as in the header x-ratchet-cache-key.'
  const isAll = policy === all && model === '' && keyPrefix === ''
  const run = (): void =>
    clear.mutate(
      {
        query: {
          ...(policy === all ? {} : { policy }),
          ...(model === '' ? {} : { model }),
          ...(keyPrefix === '' ? {} : { keyPrefix }),
        },
      },
      {
        onSuccess: () => {
          props.onClose()
          showToast({ title: 'The answers are forgotten', detail: 'In every gateway within a second.' })
        },
      },
    )
  return (
    <Dialog
      open
      onClose={props.onClose}
      title="Clear cache"
      about={
        isAll
          ? 'Every kept answer of the project is forgotten. The next calls go to the models again.'
          : 'Kept answers that meet all of this are forgotten. Their next calls go to the models again.'
      }
      actions={
        <>
          <Button kind="quiet" onClick={props.onClose}>
            Keep answers
          </Button>
          <Button kind="danger" busy={clear.isPending} disabled={keyProblem !== undefined} onClick={run}>
            {isAll ? 'Clear all answers' : 'Clear these answers'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <div className="flex flex-col items-start gap-1">
          <span className="text-small font-medium text-muted">Policy</span>
          <Select
            label="Policy"
            value={policy}
            options={[
              { value: all, label: 'Every policy' },
              ...props.policies.map((name) => ({ value: name, label: name })),
            ]}
            onChange={setPolicy}
          />
        </div>
        <Field label="Model" optional help="That gave the answer, as connection/model.">
          <Input value={model} onChange={setModel} mono placeholder="openai/gpt-5-mini" />
        </Field>
        <Field
          label="Key begins with"
          optional
          problem={keyProblem}
          help="One answer, or few: the header x-ratchet-cache-key tells its key."
        >
          <Input value={keyPrefix} onChange={setKeyPrefix} mono />
        </Field>
        {clear.error !== null && <ErrorState problem={toProblem(clear.error, 'The cache was not cleared')} />}
      </div>
    </Dialog>
  )
}
