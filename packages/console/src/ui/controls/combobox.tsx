import { Combobox as BaseCombobox } from '@base-ui/react/combobox'
import { Check, ChevronsUpDown } from 'lucide-react'
import type { ReactElement } from 'react'
import { classes } from '../classes.ts'
import { controlFrame } from './input.tsx'
import { popupItem, popupSurface } from './popup-look.ts'

export type ComboboxOption = { readonly value: string; readonly label: string; readonly note?: string }

/** One choice out of a long list, found by typing. Renders at most 200 matches at a time. */
export function Combobox(props: {
  readonly value: string | undefined
  readonly options: readonly ComboboxOption[]
  readonly onChange: (value: string) => void
  readonly label: string
  readonly placeholder?: string
  readonly empty?: string
}): ReactElement {
  const chosen = props.options.find((option) => option.value === props.value) ?? null
  return (
    <BaseCombobox.Root
      items={props.options}
      value={chosen}
      onValueChange={(option: ComboboxOption | null) => option !== null && props.onChange(option.value)}
      isItemEqualToValue={(item: ComboboxOption, value: ComboboxOption) => item.value === value.value}
      limit={200}
    >
      <BaseCombobox.InputGroup className="relative">
        <BaseCombobox.Input
          aria-label={props.label}
          placeholder={props.placeholder ?? 'Choose'}
          spellCheck={false}
          className={classes(controlFrame, 'h-7 pr-7')}
        />
        <BaseCombobox.Trigger
          aria-label={`Open ${props.label}`}
          className="absolute inset-y-0 right-0 flex w-7 items-center justify-center text-faint"
        >
          <ChevronsUpDown size={12} aria-hidden />
        </BaseCombobox.Trigger>
      </BaseCombobox.InputGroup>
      <BaseCombobox.Portal>
        <BaseCombobox.Positioner sideOffset={4} align="start" className="z-50 outline-none">
          <BaseCombobox.Popup
            className={classes(
              popupSurface,
              'max-h-80 min-w-(--anchor-width) max-w-(--available-width) overflow-y-auto p-1',
            )}
          >
            <BaseCombobox.Empty className="px-2 py-1.5 text-muted empty:hidden">
              {props.empty ?? 'Nothing matches.'}
            </BaseCombobox.Empty>
            <BaseCombobox.List>
              {(option: ComboboxOption) => (
                <BaseCombobox.Item key={option.value} value={option} className={popupItem}>
                  <span className="w-3.5">
                    <BaseCombobox.ItemIndicator>
                      <Check size={14} aria-hidden />
                    </BaseCombobox.ItemIndicator>
                  </span>
                  <span className="truncate">{option.label}</span>
                  {option.note !== undefined && (
                    <span className="ml-auto pl-4 text-small whitespace-nowrap text-faint">
                      {option.note}
                    </span>
                  )}
                </BaseCombobox.Item>
              )}
            </BaseCombobox.List>
          </BaseCombobox.Popup>
        </BaseCombobox.Positioner>
      </BaseCombobox.Portal>
    </BaseCombobox.Root>
  )
}
