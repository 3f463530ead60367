import { type Model, type ModelAbility, modelAbilityNames } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { Input } from '../../../ui/controls/input.tsx'
import { Select } from '../../../ui/controls/select.tsx'
import { abilityWords } from './ability-words.ts'

/** Words in a name, abilities that a model is known to have, and its connection. */
export type ModelFilterValue = {
  readonly q?: string | undefined
  /** Abilities, separated by commas. */
  readonly can?: string | undefined
  readonly of?: string | undefined
}

/** The abilities of the filter; what is none is left out. */
export function abilitiesOf({ can }: ModelFilterValue): readonly ModelAbility[] {
  const wanted = new Set((can ?? '').split(','))
  return modelAbilityNames.filter((ability) => wanted.has(ability))
}

/** Models that meet all of the filter. */
export function filterModels(models: readonly Model[], filter: ModelFilterValue): readonly Model[] {
  const words = (filter.q ?? '').toLowerCase()
  const wanted = abilitiesOf(filter)
  return models.filter(
    ({ id, connection, abilities }) =>
      id.toLowerCase().includes(words) &&
      (filter.of === undefined || connection === filter.of) &&
      wanted.every((ability) => abilities.includes(ability)),
  )
}

/** Finds models by name, connection, and what they can. Abilities that no model has are not offered. */
export function ModelFilter(props: {
  readonly models: readonly Model[]
  readonly value: ModelFilterValue
  readonly onChange: (next: ModelFilterValue) => void
}): ReactElement {
  const { models, value, onChange } = props
  const chosen = abilitiesOf(value)
  const offered = modelAbilityNames.filter(
    (ability) => chosen.includes(ability) || models.some(({ abilities }) => abilities.includes(ability)),
  )
  const connections = [...new Set(models.map(({ connection }) => connection))]
  const toggle = (ability: ModelAbility): void => {
    const next = chosen.includes(ability) ? chosen.filter((one) => one !== ability) : [...chosen, ability]
    onChange({ can: next.length === 0 ? undefined : next.join(',') })
  }
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 pb-3 md:px-6">
      <div className="w-full sm:w-64">
        <Input
          label="Find a model"
          value={value.q ?? ''}
          onChange={(q) => onChange({ q: q === '' ? undefined : q })}
          placeholder="Find a model"
        />
      </div>
      <Select
        label="Connection"
        value={value.of ?? ''}
        options={[
          { value: '', label: 'All connections' },
          ...connections.map((name) => ({ value: name, label: name })),
        ]}
        onChange={(of) => onChange({ of: of === '' ? undefined : of })}
      />
      <fieldset aria-label="Abilities" className="m-0 flex flex-wrap gap-1 border-0 p-0">
        {offered.map((ability) => (
          <button
            key={ability}
            type="button"
            aria-pressed={chosen.includes(ability)}
            onClick={() => toggle(ability)}
            className="h-6 rounded-mark border border-line px-2 text-small text-muted transition-colors hover:border-line-control hover:text-ink aria-pressed:border-accent aria-pressed:bg-selected aria-pressed:font-medium aria-pressed:text-ink"
          >
            {abilityWords[ability]}
          </button>
        ))}
      </fieldset>
    </div>
  )
}
