import { Button as BaseButton } from '@base-ui/react/button'
import { LoaderCircle } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { classes } from '../classes.ts'

const look = {
  primary: 'bg-accent-solid text-on-accent border-transparent hover:bg-accent-solid-hover',
  plain: 'bg-raised text-ink border-line-strong hover:bg-hover',
  quiet: 'bg-transparent text-muted border-transparent hover:bg-hover hover:text-ink',
  danger: 'bg-raised text-bad border-line-strong hover:bg-bad-bg',
} as const

export type ButtonProps = {
  readonly children: ReactNode
  readonly kind?: keyof typeof look
  readonly onClick?: () => void
  readonly type?: 'button' | 'submit'
  readonly disabled?: boolean
  /** Shows a turning mark and refuses clicks; the label stays, so the width does not jump. */
  readonly busy?: boolean
  readonly icon?: ReactNode
  readonly form?: string
  /** Renders as this element instead (a router link that looks like a button). */
  readonly render?: ReactElement
  readonly label?: string
}

/** A button whose words are a verb with its object ("Create key"). One primary button per view. */
export function Button(props: ButtonProps): ReactElement {
  const { kind = 'plain', busy = false, disabled = false, type = 'button' } = props
  return (
    <BaseButton
      type={props.render === undefined ? type : undefined}
      nativeButton={props.render === undefined}
      render={props.render}
      form={props.form}
      aria-label={props.label}
      aria-busy={busy || undefined}
      disabled={disabled || busy}
      onClick={props.onClick === undefined ? undefined : () => props.onClick?.()}
      className={classes(
        'inline-flex h-7 shrink-0 items-center justify-center gap-1.5 rounded-control border px-2.5 text-body font-medium whitespace-nowrap select-none',
        'transition-colors data-disabled:opacity-55',
        look[kind],
      )}
    >
      {busy ? <LoaderCircle size={14} className="animate-turn" aria-hidden /> : props.icon}
      {props.children}
    </BaseButton>
  )
}
