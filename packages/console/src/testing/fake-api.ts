import { AppError, isAppError, type OutputOf, type ParsedOf, type Route } from '@ratchet/contract'

type Handler = { readonly route: Route; readonly answer: (parts: never) => unknown }

/** Answers a route in memory; for event routes return an iterable of events. */
export function answer<R extends Route>(
  route: R,
  handle: (parts: ParsedOf<R>) => OutputOf<R> | Iterable<OutputOf<R>> | Promise<OutputOf<R>>,
): Handler {
  return { route, answer: handle }
}

/**
 * A `fetch` that answers from handlers through the contract's own schemas: what the page sends is parsed as the
 * server would parse it, and a wrong fixture fails here and not in the page. For tests and screenshots only.
 */
export function makeFakeFetch(handlers: readonly Handler[]): typeof fetch {
  // `/evaluations/compare` comes before `/evaluations/{id}`.
  const ordered = handlers.toSorted((a, b) => countParams(a.route.path) - countParams(b.route.path))
  return async (input, init) => {
    const url = new URL(
      typeof input === 'string' ? input : input instanceof URL ? input : input.url,
      'http://localhost',
    )
    const method = init?.method ?? 'GET'
    for (const { route, answer: handle } of ordered) {
      const params = route.method === method ? matchPath(route.path, url.pathname) : undefined
      if (params === undefined) continue
      try {
        const parsed = {
          params: route.params.parse(params),
          query: route.query.parse(Object.fromEntries(url.searchParams)),
          body: route.body.parse(typeof init?.body === 'string' ? JSON.parse(init.body) : {}),
        }
        const result: unknown = await handle(parsed as never)
        if (route.kind === 'events') return eventResponse(result as Iterable<unknown>)
        return Response.json(route.output.parse(result))
      } catch (error) {
        if (!isAppError(error)) throw error
        return Response.json(error.toBody('req-test-1'), { status: error.status })
      }
    }
    const missing = new AppError('not_found', { message: `The fake API has no ${method} ${url.pathname}.` })
    return Response.json(missing.toBody('req-test-1'), { status: 404 })
  }
}

function eventResponse(events: Iterable<unknown>): Response {
  const text = [...events].map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')
  return new Response(text, { headers: { 'content-type': 'text/event-stream' } })
}

function countParams(path: string): number {
  return path.split('{').length - 1
}

/** The parameters of a path like `/apps/{app}`, or undefined when it is another path. */
function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const text = decodeURIComponent(given[index] ?? '')
    if (part.startsWith('{')) params[part.slice(1, -1)] = text
    else if (part !== text) return undefined
  }
  return params
}
