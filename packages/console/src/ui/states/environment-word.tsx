import type { ReactElement } from 'react'
import { classes } from '../classes.ts'

/** An environment as a coloured word. Production is the only filled one, so that nobody takes it for another. */
export function EnvironmentWord(props: { readonly name: string }): ReactElement {
  const look =
    props.name === 'production'
      ? 'bg-bad-solid px-1.5 text-on-accent'
      : props.name === 'staging'
        ? 'text-warn'
        : props.name === 'development'
          ? 'text-info'
          : 'text-muted'
  return (
    <span className={classes('inline-flex h-5 items-center rounded-mark font-medium', look)}>
      {props.name}
    </span>
  )
}
