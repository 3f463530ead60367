import type { ReactElement, ReactNode } from 'react'
import { CommandLine } from '../code/command-line.tsx'

/** Nothing here yet: says what will be here and shows the command or button that fills it. */
export function EmptyState(props: {
  readonly title: string
  readonly children?: ReactNode
  readonly command?: string
  readonly action?: ReactNode
}): ReactElement {
  return (
    <div className="flex max-w-[72ch] flex-col items-start gap-3 py-6">
      <div>
        <h2 className="text-lead font-semibold">{props.title}</h2>
        {props.children !== undefined && <div className="mt-1 text-muted">{props.children}</div>}
      </div>
      {props.command !== undefined && <CommandLine command={props.command} />}
      {props.action}
    </div>
  )
}
