import { Field as BaseField } from '@base-ui/react/field'
import type { KeyboardEvent, ReactElement, Ref } from 'react'
import { classes } from '../classes.ts'
import { controlFrame } from './input.tsx'

/** Several lines of text; grows with its content up to 12 lines. `onSubmit` fires on Enter without Shift. */
export function TextArea({
  ref,
  ...props
}: {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly onSubmit?: () => void
  readonly label?: string
  readonly placeholder?: string
  readonly rows?: number
  readonly mono?: boolean
  readonly ref?: Ref<HTMLTextAreaElement>
}): ReactElement {
  const submitOnEnter = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    // An input method uses Enter to accept a candidate; that Enter is not ours.
    if (
      event.key !== 'Enter' ||
      event.shiftKey ||
      event.nativeEvent.isComposing ||
      props.onSubmit === undefined
    )
      return
    event.preventDefault()
    props.onSubmit()
  }
  return (
    <BaseField.Control
      render={
        <textarea
          ref={ref}
          rows={props.rows ?? 1}
          onKeyDown={submitOnEnter}
          onChange={(event) => props.onChange(event.target.value)}
        />
      }
      value={props.value}
      aria-label={props.label}
      placeholder={props.placeholder}
      // The field grows with its text, and would else shrink to it.
      style={{ minHeight: (props.rows ?? 1) * 20 + 10 }}
      className={classes(
        controlFrame,
        'field-sizing-content max-h-60 resize-none py-1',
        props.mono === true && 'font-mono text-small',
      )}
    />
  )
}
