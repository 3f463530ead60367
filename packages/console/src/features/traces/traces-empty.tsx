import type { ReactElement } from 'react'
import { EmptyState } from '../../ui/states/empty-state.tsx'
import { useMe } from '../../app/me-context.ts'

/** No rows: the query is too narrow, the time is too short, or nothing was called yet. */
export function TracesEmpty(props: {
  readonly isFiltered: boolean
  /** "in the last 7 days"; empty for all time. */
  readonly when: string
  readonly environment: string
}): ReactElement {
  const gatewayUrl = useMe()?.gatewayUrl ?? 'http://127.0.0.1:4701'
  if (props.isFiltered) {
    return (
      <EmptyState title={`No trace in ${props.environment} matches`}>
        Take a filter away, choose a longer time range, or look at another environment.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      title={`No traces in ${props.environment} ${props.when}`.trimEnd()}
      command={curl(gatewayUrl)}
    >
      Every call through the gateway becomes a trace by itself. Make one, with a key of this environment:
    </EmptyState>
  )
}

function curl(gatewayUrl: string): string {
  return `curl ${gatewayUrl}/v1/chat/completions -H "authorization: Bearer $RATCHET_KEY" -H "content-type: application/json" -d '{"model":"offline/extractive","messages":[{"role":"user","content":"Hello"}]}'`
}
