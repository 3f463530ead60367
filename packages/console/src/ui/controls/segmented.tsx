import { ToggleGroup } from '@base-ui/react/toggle-group'
import { Toggle } from '@base-ui/react/toggle'
import type { ReactElement } from 'react'

/** Two to four exclusive ways to show the same thing (Tree | Timeline). */
export function Segmented<Value extends string>(props: {
  readonly value: Value
  readonly options: readonly { readonly value: Value; readonly label: string }[]
  readonly onChange: (value: Value) => void
  readonly label: string
}): ReactElement {
  return (
    <ToggleGroup
      aria-label={props.label}
      value={[props.value]}
      onValueChange={(next) => {
        const option = props.options.find(({ value }) => value === next[0])
        if (option !== undefined) props.onChange(option.value)
      }}
      className="inline-flex h-7 rounded-control border border-line bg-subtle p-0.5"
    >
      {props.options.map((option) => (
        <Toggle
          key={option.value}
          value={option.value}
          className="rounded-mark px-2 text-small text-muted transition-colors hover:text-ink data-pressed:bg-raised data-pressed:font-medium data-pressed:text-ink data-pressed:ring-1 data-pressed:ring-line-strong"
        >
          {option.label}
        </Toggle>
      ))}
    </ToggleGroup>
  )
}
