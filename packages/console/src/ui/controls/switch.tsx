import { Switch as BaseSwitch } from '@base-ui/react/switch'
import type { ReactElement, ReactNode } from 'react'

/** On or off, effective at once (no save button). */
export function Switch(props: {
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  readonly children?: ReactNode
  readonly label?: string
  readonly disabled?: boolean
}): ReactElement {
  return (
    // The label wraps a control that renders its own input.
    // eslint-disable-next-line jsx-a11y/label-has-associated-control
    <label className="inline-flex items-center gap-2">
      <BaseSwitch.Root
        checked={props.checked}
        onCheckedChange={(checked) => props.onChange(checked)}
        disabled={props.disabled}
        aria-label={props.label}
        className="flex h-4 w-7 shrink-0 items-center rounded-round bg-line-control p-0.5 transition-colors data-checked:bg-accent-solid data-disabled:opacity-50"
      >
        <BaseSwitch.Thumb className="size-3 rounded-round bg-on-accent transition-transform data-checked:translate-x-3" />
      </BaseSwitch.Root>
      {props.children}
    </label>
  )
}
