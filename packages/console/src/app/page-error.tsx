import type { ErrorComponentProps } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { toProblem } from '../api/problem.ts'
import { ErrorState } from '../ui/states/error-state.tsx'

/** A page that could not be drawn or loaded. A chunk that is gone means that the server was updated meanwhile. */
export function PageError(props: ErrorComponentProps): ReactElement {
  const isOldChunk = /dynamically imported module|Importing a module script failed/.test(String(props.error))
  const problem = isOldChunk
    ? {
        what: 'This page could not be loaded',
        why: 'Ratchet was updated while this tab was open. Reload to get the new version.',
      }
    : toProblem(props.error, 'This page could not be shown')
  return (
    <div className="p-6">
      <ErrorState problem={problem} onRetry={() => (isOldChunk ? window.location.reload() : props.reset())} />
    </div>
  )
}
