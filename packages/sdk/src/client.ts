import { type OutputOf, type Route } from '@ratchet/contract'
import { ApiError, parseErrorText, readApiError } from './api-error.ts'
import type { CallArguments, CallOptions, PagedRoute } from './call-parts.ts'
import { startDeadline, type Deadline } from './deadline.ts'
import { makeEtagCache } from './etag-cache.ts'
import { readChunks, readEvents } from './event-stream.ts'
import { requestUrl } from './request-url.ts'

export type ClientOptions = {
  /** Address of the control plane (`http://127.0.0.1:4700`), or `''` in a page that it serves. */
  readonly baseUrl: string
  /** API key `rk_…`; leave it out in the console, where the session cookie speaks. */
  readonly key?: string | undefined
  /** Project to speak for, when the credential may enter several. */
  readonly project?: string | undefined
  /** Environment to speak for; only the bootstrap key may choose. */
  readonly environment?: string | undefined
  readonly fetch?: typeof fetch | undefined
  /** Deadline of every call, 30 seconds unless told otherwise. */
  readonly timeoutMs?: number | undefined
  /** How long an event stream may stay silent (heartbeats count as sound); 120 seconds. */
  readonly idleTimeoutMs?: number | undefined
}

export type Client = {
  /**
   * Calls a route of the contract and gives its checked answer.
   * Throws `ApiError`: the server's code, message and details, `unavailable` when nothing answers,
   * `timeout` past the deadline. An aborted call rejects with the signal's reason.
   *
   * @example const { app } = await client.call(getApp, { params: { app: 'docs-assistant' } })
   */
  readonly call: <R extends Route>(route: R, ...parts: CallArguments<R>) => Promise<OutputOf<R>>
  /** Follows an event route; leaving the loop closes the connection. It does not reconnect by itself. */
  readonly events: <R extends Route>(route: R, ...parts: CallArguments<R>) => AsyncIterable<OutputOf<R>>
  /** Walks a list page by page until the last; each page is one call. */
  readonly pages: <R extends Route>(
    route: PagedRoute<R>,
    ...parts: CallArguments<R>
  ) => AsyncIterable<OutputOf<R>>
}

type AnyParts = CallOptions & {
  readonly params?: Readonly<Record<string, unknown>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
}

/** Makes a client of Ratchet's API, typed by the contract. Works in browsers and in Node. */
export function makeClient(options: ClientOptions): Client {
  const { baseUrl, timeoutMs = 30_000, idleTimeoutMs = 120_000 } = options
  const send = options.fetch ?? ((...args: Parameters<typeof fetch>) => fetch(...args))
  const answers = makeEtagCache()
  const where = baseUrl === '' ? 'The server' : baseUrl

  function request(route: Route, parts: AnyParts, deadline: Deadline, extra: Record<string, string>) {
    const hasBody = route.method !== 'GET' && parts.body !== undefined
    const headers: Record<string, string> = { accept: 'application/json', ...extra }
    if (options.key !== undefined) headers['authorization'] = `Bearer ${options.key}`
    if (options.project !== undefined) headers['x-ratchet-project'] = options.project
    if (options.environment !== undefined) headers['x-ratchet-environment'] = options.environment
    if (hasBody) headers['content-type'] = 'application/json'
    return send(requestUrl(baseUrl, route, parts.params, parts.query), {
      method: route.method,
      headers,
      signal: deadline.signal,
      ...(hasBody ? { body: JSON.stringify(parts.body) } : {}),
    })
  }

  function explain(error: unknown, deadline: Deadline, route: Route, signal?: AbortSignal): unknown {
    if (error instanceof ApiError || signal?.aborted) return signal?.aborted ? signal.reason : error
    if (deadline.hasPassed()) {
      return new ApiError('timeout', {
        message: `${where} did not answer ${route.name} in time.`,
        cause: error,
      })
    }
    if (!(error instanceof TypeError)) return error
    return new ApiError('unavailable', {
      message: `${where} cannot be reached${causeOf(error)}. Is Ratchet running there? Start it with: npx ratchet up`,
      details: { url: baseUrl },
      cause: error,
    })
  }

  async function call(route: Route, parts: AnyParts = {}): Promise<unknown> {
    const deadline = startDeadline(parts.timeoutMs ?? timeoutMs, parts.signal)
    const url = route.etag ? requestUrl(baseUrl, route, parts.params, parts.query) : ''
    const known = route.etag ? answers.find(url) : undefined
    try {
      const response = await request(route, parts, deadline, known ? { 'if-none-match': known.etag } : {})
      if (response.status === 304 && known) return known.value
      if (!response.ok) throw await readApiError(response, where)
      const value = parseAnswer(route, await response.text())
      const etag = response.headers.get('etag')
      if (route.etag && etag !== null) answers.keep(url, { etag, value })
      return value
    } catch (error) {
      throw explain(error, deadline, route, parts.signal)
    } finally {
      deadline.stop()
    }
  }

  async function* events(route: Route, parts: AnyParts = {}): AsyncGenerator<unknown> {
    const deadline = startDeadline(parts.timeoutMs ?? timeoutMs, parts.signal)
    try {
      const response = await request(route, parts, deadline, { accept: 'text/event-stream' })
      if (!response.ok) throw await readApiError(response, where)
      if (!response.body) return
      deadline.extend(idleTimeoutMs)
      const chunks = extendWith(readChunks(response.body), () => deadline.extend(idleTimeoutMs))
      for await (const event of readEvents(chunks)) {
        if (event.event === 'error') throw streamError(event.data, response.headers.get('x-request-id'))
        yield parseAnswer(route, event.data)
      }
    } catch (error) {
      throw explain(error, deadline, route, parts.signal)
    } finally {
      deadline.stop()
    }
  }

  async function* pages(route: Route, parts: AnyParts = {}): AsyncGenerator<unknown> {
    let cursor: unknown
    do {
      const query = cursor === undefined ? parts.query : { ...parts.query, cursor }
      const page = await call(route, { ...parts, query: query ?? {} })
      yield page
      cursor = (page as { nextCursor?: string }).nextCursor
    } while (cursor !== undefined)
  }

  // The functions above are typed by hand once; the contract's types are put on at this one seam.
  return { call, events, pages } as unknown as Client
}

async function* extendWith(
  chunks: AsyncIterable<Uint8Array>,
  onChunk: () => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    onChunk()
    yield chunk
  }
}

function parseAnswer(route: Route, text: string): unknown {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new ApiError('internal', {
      message: `The answer to ${route.name} is not JSON: ${text.slice(0, 120)}`,
      details: { route: route.name },
      cause,
    })
  }
  const parsed = route.output.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new ApiError('internal', {
    message:
      `The answer to ${route.name} does not fit this client at "${issue?.path.join('.') ?? ''}" (${issue?.message ?? ''}). ` +
      'Use the same version of client and server.',
    details: { route: route.name, issues: parsed.error.issues.slice(0, 10) },
  })
}

function streamError(data: string, requestId: string | null): ApiError {
  const parsed = parseErrorText(data, requestId ?? undefined)
  return (
    parsed ??
    new ApiError('internal', {
      message: data || 'The event stream failed.',
      requestId: requestId ?? undefined,
    })
  )
}

function causeOf(error: Error): string {
  const { cause } = error
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return ''
  return ` (${String(cause.code)})`
}
