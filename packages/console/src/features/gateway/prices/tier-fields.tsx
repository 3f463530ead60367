import { Plus, Trash2 } from 'lucide-react'
import type { ReactElement } from 'react'
import { Button } from '../../../ui/controls/button.tsx'
import { Field } from '../../../ui/controls/field.tsx'
import { IconButton } from '../../../ui/controls/icon-button.tsx'
import { Input } from '../../../ui/controls/input.tsx'
import { blankTier, mostTiers, type PriceText, tierFields, type TierText } from './price-fields.ts'

/** What all tokens of a call cost when its prompt is longer than this; as many of them as a price needs. */
export function TierFields(props: {
  readonly text: PriceText
  readonly onChange: (tiers: readonly TierText[]) => void
}): ReactElement {
  const { text, onChange } = props
  const { tiers } = text
  const change = (index: number, next: Partial<TierText>): void =>
    onChange(tiers.map((tier, at) => (at === index ? { ...tier, ...next } : tier)))
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-center justify-between gap-2">
        <span className="text-small text-muted">Long prompts</span>
        <Button
          kind="quiet"
          icon={<Plus size={14} aria-hidden />}
          disabled={tiers.length >= mostTiers}
          onClick={() => onChange([...tiers, blankTier()])}
        >
          Add tier
        </Button>
      </div>
      {tiers.length > 0 && (
        <p className="text-small text-faint">
          Above so many input tokens, all tokens of the call cost this, for a million.
        </p>
      )}
      {tiers.map((tier, index) => (
        // A tier has nothing that names it but its place.
        <fieldset key={index} className="rounded-control border border-line p-3">
          <legend className="sr-only">{`Tier ${String(index + 1)}`}</legend>
          <div className="mb-2 flex items-end gap-3">
            <div className="flex-1">
              <Field label="Above input tokens">
                <Input
                  value={tier.aboveInputTokens}
                  onChange={(aboveInputTokens) => change(index, { aboveInputTokens })}
                  placeholder="200000 or 200k"
                  startsFocused={tier.aboveInputTokens === ''}
                />
              </Field>
            </div>
            <IconButton
              label={`Remove tier ${String(index + 1)}`}
              icon={<Trash2 size={14} aria-hidden />}
              onClick={() => onChange(tiers.filter((_, at) => at !== index))}
            />
          </div>
          <div className="grid grid-cols-2 gap-x-3 gap-y-2 sm:grid-cols-4">
            {tierFields(text, tier).map(({ name, label }) => (
              <Field key={name} label={label}>
                <Input value={tier[name]} onChange={(value) => change(index, { [name]: value })} />
              </Field>
            ))}
          </div>
        </fieldset>
      ))}
    </div>
  )
}
