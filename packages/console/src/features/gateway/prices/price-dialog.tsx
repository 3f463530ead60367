import type { PriceOverride } from '@ratchet/contract'
import { type ReactElement, type ReactNode, useState } from 'react'
import { Button } from '../../../ui/controls/button.tsx'
import { Field } from '../../../ui/controls/field.tsx'
import { Input } from '../../../ui/controls/input.tsx'
import { TextArea } from '../../../ui/controls/text-area.tsx'
import { Dialog } from '../../../ui/overlays/dialog.tsx'
import { type PriceText, textOfPrice, tokenFields, unitFields } from './price-fields.ts'
import type { PriceRow } from './price-rows.ts'
import { readPrice } from './read-price.ts'
import { startingPrice } from './shown-price.ts'
import { TierFields } from './tier-fields.tsx'

/** Gives a model a price of your own; the change is then shown against what is live before it is saved. */
export function PriceDialog(props: {
  /** Undefined: a new name or pattern. */
  readonly row: PriceRow | undefined
  readonly onClose: () => void
  readonly onReview: (override: PriceOverride) => void
  readonly onRemove: (() => void) | undefined
}): ReactElement {
  const { row } = props
  const [model, setModel] = useState(row?.id ?? '')
  const [text, setText] = useState<PriceText>(() =>
    textOfPrice(row === undefined ? undefined : startingPrice(row)),
  )
  const change = (next: Partial<PriceText>): void => setText({ ...text, ...next })
  const read = readPrice(model, text)
  const isBlank = JSON.stringify(text) === JSON.stringify(textOfPrice(undefined))
  const problem = 'problem' in read && !isBlank && model.trim() !== '' ? read.problem : undefined
  const submit = (): void => {
    if ('override' in read) props.onReview(read.override)
  }
  return (
    <Dialog
      open
      onClose={props.onClose}
      title={row === undefined ? 'Add price' : `Price of ${row.id}`}
      about={
        row?.state === 'list'
          ? 'Filled in with the price of the built-in list. What you save replaces all of it.'
          : 'In US dollars. What is left empty costs what its kind costs, or is not known.'
      }
      actions={
        <>
          {props.onRemove !== undefined && (
            <Button kind="danger" onClick={props.onRemove}>
              Remove
            </Button>
          )}
          <Button kind="quiet" onClick={props.onClose}>
            Cancel
          </Button>
          <Button kind="primary" type="submit" form="price" disabled={!('override' in read)}>
            Review changes
          </Button>
        </>
      }
    >
      <form
        id="price"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        {row === undefined && (
          <Field label="Model" help="As callers write it; * at the end stands for any rest.">
            <Input value={model} onChange={setModel} placeholder="openai/gpt-5*" mono startsFocused />
          </Field>
        )}
        <Group name="For a million tokens">
          {tokenFields.map(({ name, label }) => (
            <Field key={name} label={label}>
              <Input value={text[name]} onChange={(value) => change({ [name]: value })} />
            </Field>
          ))}
        </Group>
        <TierFields text={text} onChange={(tiers) => change({ tiers })} />
        <Group name="For each">
          {unitFields.map(({ name, label }) => (
            <Field key={name} label={label}>
              <Input value={text[name]} onChange={(value) => change({ [name]: value })} />
            </Field>
          ))}
        </Group>
        <Field label="Pictures of a size or quality" optional help="One on each line: hd/1024x1024 0.08">
          <TextArea value={text.imageKinds} onChange={(imageKinds) => change({ imageKinds })} rows={2} mono />
        </Field>
        {problem !== undefined && (
          // The form is longer than its window: what is wrong stays in sight.
          <output className="sticky -bottom-4 -mx-4 -mb-4 block border-t border-line bg-raised px-4 py-2 text-small text-bad">
            {problem}
          </output>
        )}
      </form>
    </Dialog>
  )
}

function Group(props: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 text-small text-muted">{props.name}</legend>
      <div className="grid grid-cols-2 gap-x-3 gap-y-2 sm:grid-cols-3">{props.children}</div>
    </fieldset>
  )
}
