import type { ReactElement } from 'react'
import { EmptyState } from '../../ui/states/empty-state.tsx'
import { useMe } from '../../app/me-context.ts'

/** No rows: either the query is too narrow, or nothing was called yet. */
export function TracesEmpty(props: {
  readonly isFiltered: boolean
  readonly environment: string
}): ReactElement {
  const gatewayUrl = useMe()?.gatewayUrl ?? 'http://127.0.0.1:4701'
  if (props.isFiltered) {
    return (
      <EmptyState title={`No trace in ${props.environment} matches`} command={curl(gatewayUrl)}>
        Take a filter away, choose a longer time range or another environment. Or make a trace now:
      </EmptyState>
    )
  }
  return (
    <EmptyState title={`No traces in ${props.environment} yet`} command={curl(gatewayUrl)}>
      Every call through the gateway becomes a trace by itself. Make one:
    </EmptyState>
  )
}

function curl(gatewayUrl: string): string {
  return `curl ${gatewayUrl}/v1/chat/completions -H "authorization: Bearer $RATCHET_KEY" -H "content-type: application/json" -d '{"model":"offline/extractive","messages":[{"role":"user","content":"Hello"}]}'`
}
