import { Check, Circle, CircleDashed, LoaderCircle, OctagonX, TriangleAlert } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { classes } from '../classes.ts'

/** What a state means to the reader. Every tone has its own shape, so colour is never the only sign. */
export type Tone = 'ok' | 'warn' | 'bad' | 'active' | 'waiting' | 'neutral'

const look: Readonly<
  Record<Tone, { readonly text: string; readonly fill: string; readonly mark: ReactNode }>
> = {
  ok: { text: 'text-ok', fill: 'bg-ok-bg text-ok', mark: <Check size={13} strokeWidth={2.5} aria-hidden /> },
  warn: { text: 'text-warn', fill: 'bg-warn-bg text-warn', mark: <TriangleAlert size={13} aria-hidden /> },
  bad: { text: 'text-bad', fill: 'bg-bad-bg text-bad', mark: <OctagonX size={13} aria-hidden /> },
  active: {
    text: 'text-info',
    fill: 'bg-info-bg text-info',
    mark: <LoaderCircle size={13} className="animate-turn" aria-hidden />,
  },
  waiting: { text: 'text-muted', fill: 'bg-hover text-muted', mark: <CircleDashed size={13} aria-hidden /> },
  neutral: { text: 'text-muted', fill: 'bg-hover text-muted', mark: <Circle size={11} aria-hidden /> },
}

/** A state as shape, word and colour. `filled` for the one state that heads a page, plain in tables. */
export function State(props: {
  readonly tone: Tone
  readonly children: ReactNode
  readonly filled?: boolean
}): ReactElement {
  const { text, fill, mark } = look[props.tone]
  return (
    <span
      className={classes(
        'inline-flex min-h-5 max-w-full items-center gap-1.5 align-top whitespace-nowrap',
        props.filled === true ? `h-5 rounded-mark px-1.5 text-small font-medium ${fill}` : text,
      )}
    >
      {mark}
      <span className="truncate">{props.children}</span>
    </span>
  )
}
