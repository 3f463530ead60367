import { OctagonX } from 'lucide-react'
import type { ReactElement } from 'react'
import { CopyButton } from '../code/copy-button.tsx'
import { Button } from '../controls/button.tsx'

export type Problem = {
  /** What did not happen, in the reader's words: "The traces could not be loaded". */
  readonly what: string
  /** The server's own message: why, with the value and the next step. */
  readonly why: string
  readonly code?: string | undefined
  readonly requestId?: string | undefined
}

/** What happened, why, and what to do; the request id can be copied into a report. */
export function ErrorState(props: {
  readonly problem: Problem
  readonly onRetry?: () => void
}): ReactElement {
  const { what, why, code, requestId } = props.problem
  return (
    <div
      role="alert"
      className="flex max-w-[72ch] items-start gap-3 rounded-control border border-line bg-bad-bg px-3 py-2.5"
    >
      <OctagonX size={16} className="mt-0.5 text-bad" aria-hidden />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <p className="font-medium">{what}</p>
        <p className="break-words text-ink">{why}</p>
        {(code !== undefined || requestId !== undefined) && (
          <p className="flex flex-wrap items-center gap-x-2 font-mono text-small text-muted">
            {code !== undefined && <span>{code}</span>}
            {requestId !== undefined && (
              <span className="inline-flex items-center gap-1">
                request {requestId}
                <CopyButton text={requestId} label="Copy request id" />
              </span>
            )}
          </p>
        )}
      </div>
      {props.onRetry !== undefined && <Button onClick={props.onRetry}>Try again</Button>}
    </div>
  )
}
