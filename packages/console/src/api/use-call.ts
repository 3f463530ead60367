import type { OutputOf, Route } from '@ratchet/contract'
import type { CallParts } from '@ratchet/sdk'
import {
  hashKey,
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  type UseMutationResult,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query'
import { useRef } from 'react'
import { useApi, useScope } from './api-context.ts'

type Options = {
  /** Asks again this often while the page is visible (304 when nothing changed). */
  readonly pollMs?: number | false
  readonly enabled?: boolean
}

/** Reads a route. While other parameters load, the old answer stays on screen. */
export function useCall<R extends Route>(
  route: R,
  parts: CallParts<R>,
  options: Omit<Options, 'pollMs'> & {
    /** As in lists, or decided by the last answer (undefined: none yet). */
    readonly pollMs?: Options['pollMs'] | ((answer: OutputOf<R> | undefined) => number | false)
  } = {},
): UseQueryResult<OutputOf<R>> {
  const api = useApi()
  const { project } = useScope()
  return useQuery<OutputOf<R>>({
    queryKey: [project, route.name, parts],
    queryFn: ({ signal }) => api.call<Route>(route, { ...parts, signal }) as Promise<OutputOf<R>>,
    placeholderData: keepPreviousData as never,
    refetchInterval: (query) => {
      const { pollMs = false } = options
      return typeof pollMs === 'function' ? pollMs(query.state.data) : pollMs
    },
    enabled: options.enabled ?? true,
  })
}

type PageOf<R extends Route> = OutputOf<R> extends { items: readonly (infer Item)[] } ? Item : never

/** A list that loads further pages as the reader scrolls. `rows` is undefined on first load. */
export function useCallPages<R extends Route>(route: R, parts: CallParts<R>, options: Options = {}) {
  const api = useApi()
  const { project } = useScope()
  const result = useInfiniteQuery({
    queryKey: [project, route.name, 'pages', parts],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ signal, pageParam }) => {
      const query = { ...(parts as { query?: object }).query, cursor: pageParam }
      const page = await api.call<Route>(route, { ...parts, query, signal })
      return page as { items: PageOf<R>[]; nextCursor?: string }
    },
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: options.pollMs ?? false,
    enabled: options.enabled ?? true,
  })
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = result
  return {
    rows: result.data?.pages.flatMap((page) => page.items),
    error: result.error,
    retry: () => void result.refetch(),
    hasMore: hasNextPage,
    isLoadingMore: isFetchingNextPage,
    loadMore: () => {
      if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
    },
  }
}

/**
 * Calls a route that changes something, then reads again what the named routes have shown. A second click while the
 * same call runs waits for that one: a double click creates nothing twice.
 */
export function useCallMutation<R extends Route>(
  route: R,
  refresh: readonly Route[],
): UseMutationResult<OutputOf<R>, Error, CallParts<R>> {
  const api = useApi()
  const { project } = useScope()
  const cache = useQueryClient()
  const running = useRef(new Map<string, Promise<OutputOf<R>>>())
  return useMutation<OutputOf<R>, Error, CallParts<R>>({
    mutationFn: (parts) => {
      const key = hashKey([project, route.name, parts])
      const same = running.current.get(key)
      if (same !== undefined) return same
      const call = api.call<Route>(route, { ...parts }) as Promise<OutputOf<R>>
      running.current.set(key, call)
      return call.finally(() => running.current.delete(key))
    },
    onSettled: () =>
      Promise.all(refresh.map(({ name }) => cache.invalidateQueries({ queryKey: [project, name] }))),
  })
}
