/* eslint-disable jsx-a11y/prefer-tag-over-role -- a combobox list: native options cannot hold more than text */
import type { ReactElement } from 'react'
import { classes } from '../classes.ts'
import { popupItem, popupSurface } from '../controls/popup-look.ts'
import type { Suggestion } from './suggest-terms.ts'

/** The list below a query bar; the input keeps the focus. */
export function SuggestionList(props: {
  readonly id: string
  readonly suggestions: readonly Suggestion[]
  readonly chosen: number
  readonly onAccept: (suggestion: Suggestion) => void
}): ReactElement | undefined {
  if (props.suggestions.length === 0) return undefined
  return (
    <div
      id={props.id}
      role="listbox"
      aria-label="Suggestions"
      className={classes(
        popupSurface,
        'absolute top-full left-0 z-30 mt-1 max-h-80 w-[min(420px,100%)] overflow-y-auto p-1',
      )}
    >
      {props.suggestions.map((suggestion, index) => (
        // The input keeps the focus and moves the choice.
        // eslint-disable-next-line jsx-a11y/interactive-supports-focus
        <div
          key={suggestion.label}
          id={`${props.id}-${String(index)}`}
          role="option"
          aria-selected={index === props.chosen}
          onPointerDown={(event) => {
            event.preventDefault()
            props.onAccept(suggestion)
          }}
          className={classes(popupItem, 'hover:bg-hover', index === props.chosen && 'bg-active')}
        >
          <span className="truncate font-mono text-small">{suggestion.label}</span>
          <span className="ml-auto truncate pl-4 text-small text-faint tabular-nums">{suggestion.note}</span>
        </div>
      ))}
    </div>
  )
}
