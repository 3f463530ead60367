import { isAppError, me } from '@ratchet/contract'
import { type QueryCacheNotifyEvent, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useCall } from '../api/use-call.ts'

/** `lost`: nothing answers; `signed-out`: the session ended while the page was open. */
export type ServerState = 'here' | 'lost' | 'signed-out'

const againMs = 3_000

/** What the latest answers told about the server. While it is away it is asked again; then everything is read anew. */
export function useServerState(): ServerState {
  const cache = useQueryClient()
  const [state, setState] = useState<ServerState>('here')
  useCall(me, {}, { pollMs: state === 'here' ? false : againMs })
  useEffect(
    () => cache.getQueryCache().subscribe((event) => setState((before) => stateAfter(event, before))),
    [cache],
  )
  const isHere = state === 'here'
  useEffect(() => {
    if (isHere) return undefined
    return () => void cache.invalidateQueries()
  }, [cache, isHere])
  return state
}

function stateAfter(event: QueryCacheNotifyEvent, before: ServerState): ServerState {
  if (event.type !== 'updated') return before
  const { action, query } = event
  // Any answer shows that there is a server, only `me` that there is a session.
  if (action.type === 'success' && action.manual !== true)
    return before === 'lost' || query.queryKey[1] === me.name ? 'here' : before
  return action.type === 'failed' || action.type === 'error' ? stateOf(action.error, before) : before
}

function stateOf(error: unknown, before: ServerState): ServerState {
  if (!isAppError(error)) return before
  if (isSignedOut(error)) return 'signed-out'
  // An answer that says so has a request id; without one nobody answered.
  const hasAnswered = 'requestId' in error && error.requestId !== undefined
  return error.code === 'unavailable' && !hasAnswered ? 'lost' : before
}

export function isSignedOut(error: unknown): boolean {
  return isAppError(error) && ['unauthenticated', 'key_revoked', 'key_expired'].includes(error.code)
}
