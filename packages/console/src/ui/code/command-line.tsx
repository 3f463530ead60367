import type { ReactElement } from 'react'
import { CopyButton } from './copy-button.tsx'

/** A command to type in a terminal, with a copy button. Several lines are several commands. */
export function CommandLine(props: { readonly command: string }): ReactElement {
  return (
    <div className="flex max-w-full items-start gap-2 rounded-control border border-line bg-subtle py-1 pr-1 pl-3">
      <pre className="min-w-0 flex-1 overflow-x-auto py-1 font-mono text-small leading-5">
        {props.command.split('\n').map((line) => (
          <span key={line} className="block break-words whitespace-pre-wrap">
            <span className="text-faint select-none" aria-hidden>
              ${' '}
            </span>
            {line}
          </span>
        ))}
      </pre>
      <CopyButton text={props.command} label="Copy command" />
    </div>
  )
}
