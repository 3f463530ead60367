import { Input as BaseInput } from '@base-ui/react/input'
import type { ReactElement, Ref } from 'react'
import { classes } from '../classes.ts'

/** The frame that every text control shares. */
export const controlFrame =
  'w-full rounded-control border border-line-control bg-bg px-2 text-body text-ink transition-colors hover:border-muted focus-visible:outline-2 focus-visible:-outline-offset-1 focus-visible:outline-accent data-invalid:border-bad disabled:opacity-55'

/** One line of text. Give it a name through {@link Field} or `label`. */
export function Input({
  ref,
  ...props
}: {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly label?: string
  readonly placeholder?: string
  readonly type?: 'text' | 'password' | 'url' | 'number' | 'search'
  readonly mono?: boolean
  readonly disabled?: boolean
  /** Takes the focus when it appears: for the first field of a form that was just opened. */
  readonly startsFocused?: boolean
  readonly ref?: Ref<HTMLInputElement>
}): ReactElement {
  return (
    <BaseInput
      ref={ref}
      value={props.value}
      onValueChange={props.onChange}
      aria-label={props.label}
      placeholder={props.placeholder}
      type={props.type ?? 'text'}
      disabled={props.disabled}
      // Opened forms put the caret where typing starts; the caller decides.
      // eslint-disable-next-line jsx-a11y/no-autofocus
      autoFocus={props.startsFocused}
      autoComplete="off"
      spellCheck={false}
      className={classes(controlFrame, 'h-7', props.mono === true && 'font-mono text-small')}
    />
  )
}
