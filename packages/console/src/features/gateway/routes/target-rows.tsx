import type { ModelRoute } from '@ratchet/contract'
import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react'
import type { ReactElement } from 'react'
import { Button } from '../../../ui/controls/button.tsx'
import { Combobox } from '../../../ui/controls/combobox.tsx'
import { IconButton } from '../../../ui/controls/icon-button.tsx'
import { Input } from '../../../ui/controls/input.tsx'
import { conditionWords } from './condition-words.ts'

export type Target = ModelRoute['targets'][number]

/** The targets of a route in their order, each with its weight. What the form does not know of a target is kept. */
export function TargetRows(props: {
  readonly targets: readonly Target[]
  readonly models: readonly string[]
  readonly hasWeights: boolean
  readonly onChange: (targets: Target[]) => void
}): ReactElement {
  const { targets, onChange } = props
  const change = (index: number, next: Partial<Target>): void =>
    onChange(targets.map((target, at) => (at === index ? { ...target, ...next } : target)))
  const move = (index: number, by: 1 | -1): void => {
    const moved = [...targets]
    const [target] = moved.splice(index, 1)
    if (target !== undefined) moved.splice(index + by, 0, target)
    onChange(moved)
  }
  const options = [...new Set([...props.models, ...targets.map(({ model }) => model)])]
    .filter((model) => model !== '')
    .map((model) => ({ value: model, label: model }))
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-small font-medium text-muted">Targets, in the order of fallback</legend>
      {targets.map((target, index) => (
        <div key={`${String(index)}-${target.model}`} className="flex flex-col gap-1">
          <div className="flex items-center gap-1">
            <span className="w-5 text-small text-faint tabular-nums">{index + 1}</span>
            <div className="min-w-0 flex-1">
              <Combobox
                label={`Model of target ${String(index + 1)}`}
                value={target.model}
                options={options}
                placeholder="connection/model"
                empty="No known model matches. Test its connection, or write it under Edit as text."
                onChange={(model) => change(index, { model })}
              />
            </div>
            {props.hasWeights && (
              <div className="w-20">
                <Input
                  label={`Weight of target ${String(index + 1)}`}
                  type="number"
                  value={String(target.weight)}
                  onChange={(text) => change(index, { weight: Math.max(0, Number(text) || 0) })}
                />
              </div>
            )}
            <IconButton
              label={`Move target ${String(index + 1)} up`}
              icon={<ArrowUp size={14} />}
              disabled={index === 0}
              onClick={() => move(index, -1)}
            />
            <IconButton
              label={`Move target ${String(index + 1)} down`}
              icon={<ArrowDown size={14} />}
              disabled={index === targets.length - 1}
              onClick={() => move(index, 1)}
            />
            <IconButton
              label={`Remove target ${String(index + 1)}`}
              icon={<X size={14} />}
              onClick={() => onChange(targets.filter((_, at) => at !== index))}
            />
          </div>
          {target.when !== undefined && (
            <p className="pl-6 text-small text-muted">only when {conditionWords(target.when)}</p>
          )}
        </div>
      ))}
      <div>
        <Button
          icon={<Plus size={13} aria-hidden />}
          onClick={() => onChange([...targets, { model: '', weight: 1 }])}
        >
          Add target
        </Button>
      </div>
    </fieldset>
  )
}
