import {
  AppError,
  validationError,
  type Method,
  type ParsedOf,
  type Permission,
  type Route,
} from '@ratchet/contract'
import { Hono } from 'hono'
import type { z } from 'zod'
import { newId, type MakeId } from '../ids.ts'
import type { Log } from '../log.ts'
import { isUnstorable } from '../postgres/storable-text.ts'
import { anonymous, type Actor } from './actor.ts'
import { taggedResponse } from './entity-tag.ts'
import { errorResponse } from './error-response.ts'
import { eventStream } from './event-stream.ts'
import { readJson } from './request-body.ts'
import { assertSameOrigin } from './same-origin.ts'
import { unstorableInput } from './unstorable-input.ts'

/** What every handler gets beside its parsed input. */
export type CallContext = {
  readonly actor: Actor
  readonly requestId: string
  readonly request: Request
  /** Aborts when the client goes away, and for JSON calls at the request's deadline. */
  readonly signal: AbortSignal
  /** Headers to add to the answer, such as a cookie. */
  readonly headers: Headers
}

/** Handles one contract route: returns its output, or an async iterable of outputs for `events` routes. */
export type Handler<R extends Route> = (
  call: ParsedOf<R> & CallContext,
) => Promise<z.input<R['output']>> | Promise<AsyncIterable<z.input<R['output']>>>

export type HttpAppOptions = {
  /** Who is calling: throws `unauthenticated`, `key_revoked` or `key_expired`. */
  readonly authenticate: (request: Request) => Promise<Actor>
  readonly log: Log
  readonly bodyLimitBytes?: number
  readonly requestTimeoutMs?: number
  readonly heartbeatMs?: number
  readonly newId?: MakeId
}

/** The edge: the Hono app (for `fetch`) and the settings that {@link mount} applies to every route. */
export type HttpApp = {
  readonly hono: Hono
  readonly options: Required<HttpAppOptions>
  readonly mounted: { method: Method; path: string }[]
}

const defaults = { bodyLimitBytes: 10 * 1024 * 1024, requestTimeoutMs: 300_000, heartbeatMs: 15_000, newId }

/** Makes an app that answers unknown API paths and unexpected failures with the common error body. */
export function makeHttpApp(options: HttpAppOptions): HttpApp {
  const hono = new Hono()
  const edge: HttpApp = { hono, options: { ...defaults, ...options }, mounted: [] }
  hono.notFound((context) =>
    fail(edge, context.req.raw, notFound(edge, context.req.raw), requestIdOf(edge, context.req.raw)),
  )
  hono.onError((error, context) => fail(edge, context.req.raw, error, requestIdOf(edge, context.req.raw)))
  return edge
}

/** Mounts a contract route: authorises, then parses, calls the handler, checks and sends its output. */
export function mount<R extends Route>(edge: HttpApp, route: R, handler: Handler<R>): void {
  mountRaw(edge, route, async (call) => {
    const url = new URL(call.request.url)
    const parsed = {
      params: parse<R['params']>(route.params, call.params, 'path'),
      query: parse<R['query']>(route.query, queryOf(url), 'query'),
      body: parse<R['body']>(route.body, await bodyOf(edge, route, call.request), 'body'),
    }
    const output = await storing(parsed, () => handler({ ...call, ...parsed }))
    if (route.kind === 'events') return sendEvents(edge, route, output, call)
    const body = JSON.stringify(parseOutput(route, output))
    call.headers.set('content-type', 'application/json; charset=utf-8')
    if (route.etag && call.request.method === 'GET') return taggedResponse(call.request, body, call.headers)
    call.headers.set('cache-control', 'no-store')
    return new Response(body, { headers: call.headers })
  })
}

/** Mounts a handler that reads the request and makes the response itself (OTLP, proxies), with all else as in {@link mount}. */
export function mountRaw(
  edge: HttpApp,
  route: { method: Method; path: string; permission: Permission | 'public'; kind?: 'json' | 'events' },
  handler: (
    call: CallContext & { params: Readonly<Record<string, string>>; stop: () => void },
  ) => Promise<Response>,
): void {
  const path = route.path.replace(/\{(\w+)\}/g, ':$1')
  edge.mounted.push({ method: route.method, path: route.path })
  edge.hono.on(route.method, path, async (context) => {
    const request = context.req.raw
    const requestId = requestIdOf(edge, request)
    try {
      const actor = await authorise(edge, route.permission, request)
      const stopped = new AbortController()
      const signals = [request.signal, stopped.signal]
      if (route.kind !== 'events') signals.push(AbortSignal.timeout(edge.options.requestTimeoutMs))
      const response = await handler({
        actor,
        requestId,
        request,
        params: context.req.param() as Record<string, string>,
        headers: new Headers(),
        signal: AbortSignal.any(signals),
        stop: () =>
          stopped.abort(new AppError('client_closed', { message: 'The client closed the stream.' })),
      })
      return withEdgeHeaders(response, requestId)
    } catch (error) {
      return fail(edge, request, error, requestId)
    }
  })
}

/** Runs a handler; when the database cannot hold a text of its input, the caller is told which. */
async function storing(
  input: { params: unknown; query: unknown; body: unknown },
  handle: () => Promise<unknown>,
): Promise<unknown> {
  try {
    return await handle()
  } catch (error) {
    throw isUnstorable(error) ? unstorableInput(input, error) : error
  }
}

async function authorise(edge: HttpApp, permission: Permission | 'public', request: Request): Promise<Actor> {
  if (permission === 'public') return anonymous
  const actor = await edge.options.authenticate(request)
  if (actor.kind === 'session') assertSameOrigin(request)
  actor.require(permission)
  return actor
}

async function bodyOf(edge: HttpApp, route: Route, request: Request): Promise<unknown> {
  if (route.method === 'GET') return {}
  return readJson(request, edge.options.bodyLimitBytes)
}

function queryOf(url: URL): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {}
  for (const name of new Set(url.searchParams.keys())) {
    const values = url.searchParams.getAll(name)
    query[name] = values.length === 1 ? (values[0] ?? '') : values
  }
  return query
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, where: string): z.output<Schema> {
  const result = schema.safeParse(value)
  if (!result.success) throw validationError(result.error, where, value)
  return result.data
}

/** Drops what the contract does not name, so that a row's extra column never leaks; a mismatch is our bug. */
function parseOutput(route: Route, output: unknown): unknown {
  const result = route.output.safeParse(output)
  if (!result.success) {
    throw new Error(`The answer of ${route.name} does not match its contract: ${result.error.message}`)
  }
  return result.data
}

function sendEvents(
  edge: HttpApp,
  route: Route,
  output: unknown,
  call: CallContext & { stop: () => void },
): Response {
  if (typeof output !== 'object' || output === null || !(Symbol.asyncIterator in output)) {
    throw new Error(`The handler of ${route.name} must return an async iterable.`)
  }
  const events = output as AsyncIterable<unknown>
  async function* checked() {
    for await (const event of events) yield parseOutput(route, event)
  }
  return eventStream(checked(), {
    heartbeatMs: edge.options.heartbeatMs,
    stop: call.stop,
    requestId: call.requestId,
    log: edge.options.log,
  })
}

const requestIds = new WeakMap<Request, string>()

/** The caller's `x-request-id` when it is harmless to log and echo, else a new one. */
function requestIdOf(edge: HttpApp, request: Request): string {
  const known = requestIds.get(request)
  if (known !== undefined) return known
  const given = request.headers.get('x-request-id') ?? ''
  const id = /^[\w.:-]{1,100}$/.test(given) ? given : edge.options.newId()
  requestIds.set(request, id)
  return id
}

function notFound(edge: HttpApp, request: Request): AppError {
  const { pathname } = new URL(request.url)
  const methods = edge.mounted
    .filter((each) => pathMatches(each.path, pathname) && each.method !== request.method)
    .map((each) => each.method)
  if (methods.length > 0) {
    return new AppError('method_not_allowed', {
      message: `"${pathname}" does not take ${request.method}; it takes ${methods.join(', ')}.`,
      details: { method: request.method, allowed: methods },
    })
  }
  return new AppError('not_found', {
    message: `There is no "${pathname}" here. The API is described at /api/v1/openapi.json.`,
    details: { path: pathname },
  })
}

function pathMatches(pattern: string, pathname: string): boolean {
  const parts = pattern.split('/')
  const given = pathname.split('/')
  return (
    parts.length === given.length &&
    parts.every((part, index) => part.startsWith('{') || part === given[index])
  )
}

function fail(edge: HttpApp, request: Request, error: unknown, requestId: string): Response {
  return withEdgeHeaders(errorResponse(error, { request, requestId, log: edge.options.log }), requestId)
}

function withEdgeHeaders(response: Response, requestId: string): Response {
  response.headers.set('x-request-id', requestId)
  response.headers.set('x-content-type-options', 'nosniff')
  return response
}
