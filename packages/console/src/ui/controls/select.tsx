import { Select as BaseSelect } from '@base-ui/react/select'
import { Check, ChevronsUpDown } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { classes } from '../classes.ts'
import { popupItem, popupSurface } from './popup-look.ts'

export type SelectOption<Value extends string> = {
  readonly value: Value
  readonly label: string
  /** Replaces the label visually (an environment's coloured word); the label stays the accessible text. */
  readonly face?: ReactNode
  readonly note?: string
}

/** One choice out of a short list. For more than about ten options use a combobox. */
export function Select<Value extends string>(props: {
  readonly value: Value | undefined
  readonly options: readonly SelectOption<Value>[]
  readonly onChange: (value: Value) => void
  readonly label: string
  readonly placeholder?: string
  /** `bare` drops the frame, for the switches in the header. */
  readonly kind?: 'framed' | 'bare'
  readonly disabled?: boolean
}): ReactElement {
  const chosen = props.options.find((option) => option.value === props.value)
  return (
    <BaseSelect.Root
      items={props.options.map(({ value, label }) => ({ value, label }))}
      value={props.value ?? null}
      onValueChange={(value) => value !== null && props.onChange(value)}
      disabled={props.disabled}
    >
      <BaseSelect.Trigger
        aria-label={props.label}
        className={classes(
          'inline-flex h-7 max-w-full min-w-0 items-center justify-between gap-1.5 rounded-control px-2 text-body whitespace-nowrap transition-colors select-none data-disabled:opacity-55',
          props.kind === 'bare' ? 'hover:bg-hover' : 'border border-line-control bg-bg hover:border-muted',
        )}
      >
        <span className="truncate">
          {chosen === undefined ? (
            <span className="text-faint">{props.placeholder ?? 'Choose'}</span>
          ) : (
            (chosen.face ?? chosen.label)
          )}
        </span>
        <ChevronsUpDown size={12} className="text-faint" aria-hidden />
      </BaseSelect.Trigger>
      <BaseSelect.Portal>
        <BaseSelect.Positioner
          sideOffset={4}
          align="start"
          alignItemWithTrigger={false}
          className="z-50 outline-none"
        >
          <BaseSelect.Popup
            className={classes(popupSurface, 'max-h-80 min-w-(--anchor-width) overflow-y-auto p-1')}
          >
            {props.options.map((option) => (
              <BaseSelect.Item key={option.value} value={option.value} className={popupItem}>
                <span className="w-3.5">
                  <BaseSelect.ItemIndicator>
                    <Check size={14} aria-hidden />
                  </BaseSelect.ItemIndicator>
                </span>
                <BaseSelect.ItemText>{option.face ?? option.label}</BaseSelect.ItemText>
                {option.note !== undefined && (
                  <span className="ml-auto pl-4 text-small text-faint">{option.note}</span>
                )}
              </BaseSelect.Item>
            ))}
          </BaseSelect.Popup>
        </BaseSelect.Positioner>
      </BaseSelect.Portal>
    </BaseSelect.Root>
  )
}
