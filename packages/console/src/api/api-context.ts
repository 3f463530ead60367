import { type Client, makeClient } from '@ratchet/sdk'
import { createContext, useContext, useMemo } from 'react'

export type ApiSource = {
  readonly baseUrl: string
  /** Tests pass their own. */
  readonly fetch?: typeof fetch
}

export const ApiSourceContext = createContext<ApiSource>({ baseUrl: '' })

/** Project (undefined: the session's own) and environment that the page is about. Both come from the URL. */
export type Scope = { readonly project: string | undefined; readonly environment: string }
export const ScopeContext = createContext<Scope>({ project: undefined, environment: 'development' })

/** Where the reader is: project and environment. */
export function useScope(): Scope {
  return useContext(ScopeContext)
}

/** The API client for the project on screen. */
export function useApi(): Client {
  const { baseUrl, fetch } = useContext(ApiSourceContext)
  const { project } = useScope()
  return useMemo(() => makeClient({ baseUrl, project, fetch }), [baseUrl, project, fetch])
}
