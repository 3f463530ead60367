import { Button as BaseButton } from '@base-ui/react/button'
import type { ReactElement, ReactNode } from 'react'
import { classes } from '../classes.ts'
import { Tooltip } from '../overlays/tooltip.tsx'

/** A square button with an icon only. `label` is its accessible name and its tooltip; `keys` is shown beside it. */
export function IconButton(props: {
  readonly label: string
  readonly icon: ReactNode
  readonly onClick?: () => void
  readonly disabled?: boolean
  readonly pressed?: boolean
  readonly keys?: string
}): ReactElement {
  return (
    <Tooltip words={props.label} keys={props.keys}>
      <BaseButton
        type="button"
        aria-label={props.label}
        aria-pressed={props.pressed}
        disabled={props.disabled}
        focusableWhenDisabled
        onClick={() => props.onClick?.()}
        className={classes(
          'inline-flex size-7 shrink-0 items-center justify-center rounded-control text-muted transition-colors hover:bg-hover hover:text-ink data-disabled:opacity-40',
          props.pressed === true && 'bg-active text-ink',
        )}
      >
        {props.icon}
      </BaseButton>
    </Tooltip>
  )
}
