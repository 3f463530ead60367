import { Checkbox as BaseCheckbox } from '@base-ui/react/checkbox'
import { Check, Minus } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'

/** A tick box with its words beside it; `mixed` shows that some but not all of a group is chosen. */
export function Checkbox(props: {
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  readonly children?: ReactNode
  readonly label?: string
  readonly mixed?: boolean
  readonly disabled?: boolean
}): ReactElement {
  return (
    // The label wraps a control that renders its own input.
    // eslint-disable-next-line jsx-a11y/label-has-associated-control
    <label className="inline-flex min-w-0 items-center gap-2">
      <BaseCheckbox.Root
        checked={props.checked}
        indeterminate={props.mixed ?? false}
        onCheckedChange={(checked) => props.onChange(checked)}
        disabled={props.disabled}
        aria-label={props.label}
        className="flex size-4 shrink-0 items-center justify-center rounded-mark border border-line-control bg-bg text-on-accent transition-colors data-checked:border-transparent data-checked:bg-accent-solid data-disabled:opacity-50 data-indeterminate:border-transparent data-indeterminate:bg-accent-solid"
      >
        <BaseCheckbox.Indicator>
          {props.mixed === true ? (
            <Minus size={12} strokeWidth={3} aria-hidden />
          ) : (
            <Check size={12} strokeWidth={3} aria-hidden />
          )}
        </BaseCheckbox.Indicator>
      </BaseCheckbox.Root>
      {props.children}
    </label>
  )
}
