import type { Model } from '@ratchet/contract'
import { X } from 'lucide-react'
import { type ReactElement, useMemo } from 'react'
import { Combobox } from '../../../ui/controls/combobox.tsx'
import { IconButton } from '../../../ui/controls/icon-button.tsx'
import { formatCostNano } from '../../../ui/numbers/format-number.ts'

/** Candidate models, found by typing; only those with a price can be planned with. */
export function ModelPicker(props: {
  readonly models: readonly Model[] | undefined
  readonly chosen: readonly string[]
  readonly onChange: (names: readonly string[]) => void
  readonly problem: string | undefined
}): ReactElement {
  const { chosen, models, onChange } = props
  const options = useMemo(
    () =>
      (models ?? []).flatMap(({ id, price }) =>
        price === undefined || chosen.includes(id)
          ? []
          : [
              {
                value: id,
                label: id,
                note: `${formatCostNano(price.inputNano)} in, ${formatCostNano(price.outputNano)} out`,
              },
            ],
      ),
    [models, chosen],
  )
  return (
    <div className="flex flex-col gap-1">
      <span className="text-small font-medium text-muted">Candidate models</span>
      {chosen.length > 0 && (
        <ul aria-label="Chosen models" className="flex flex-col">
          {chosen.map((name) => (
            <li key={name} className="flex h-7 items-center gap-1">
              <span className="min-w-0 flex-1 truncate font-mono text-small" title={name}>
                {name}
              </span>
              <IconButton
                label={`Remove ${name}`}
                icon={<X size={14} />}
                onClick={() => onChange(chosen.filter((other) => other !== name))}
              />
            </li>
          ))}
        </ul>
      )}
      <Combobox
        // A choice empties the field for the next one.
        key={chosen.join(',')}
        label="Add a model"
        value={undefined}
        options={options}
        onChange={(name) => onChange([...chosen, name])}
        placeholder="Add a model"
        empty="No other model with a known price matches."
      />
      {props.problem !== undefined && (
        <span role="alert" className="text-small text-bad">
          {props.problem}
        </span>
      )}
    </div>
  )
}
