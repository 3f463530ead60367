import { z } from 'zod'
import type { ErrorCode } from './errors.ts'
import type { Permission } from './access/permissions.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * One API call as data: server mounts it, SDK, CLI and console call it, OpenAPI is printed from it.
 * `params` are path segments (`/apps/{app}`), `query` arrives as strings and must coerce itself.
 */
export type Route<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
> = {
  readonly name: string
  readonly method: Method
  readonly path: `/${string}`
  readonly summary: string
  readonly tag: string
  /** `public` needs no credential; everything else is authorised before the handler runs. */
  readonly permission: Permission | 'public'
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly output: Output
  readonly errors: readonly ErrorCode[]
  /** `events`: the answer is a server-sent event stream whose `data:` lines are `output`. */
  readonly kind: 'json' | 'events'
  /** The server answers with an ETag and honours If-None-Match (for calls that clients poll). */
  readonly etag: boolean
}

const none = z.object({})

/** Makes a route record; parts left out are empty. */
export function defineRoute<
  Output extends z.ZodType,
  Params extends z.ZodType = typeof none,
  Query extends z.ZodType = typeof none,
  Body extends z.ZodType = typeof none,
>(parts: {
  name: string
  method: Method
  path: `/${string}`
  summary: string
  tag: string
  permission: Permission | 'public'
  params?: Params
  query?: Query
  body?: Body
  output: Output
  errors?: readonly ErrorCode[]
  kind?: 'json' | 'events'
  etag?: boolean
}): Route<Params, Query, Body, Output> {
  return {
    kind: 'json',
    etag: false,
    errors: [],
    ...parts,
    params: (parts.params ?? none) as Params,
    query: (parts.query ?? none) as Query,
    body: (parts.body ?? none) as Body,
  }
}

export type ParamsOf<R extends Route> = z.input<R['params']>
export type QueryOf<R extends Route> = z.input<R['query']>
export type BodyOf<R extends Route> = z.input<R['body']>
export type OutputOf<R extends Route> = z.output<R['output']>
export type ParsedOf<R extends Route> = {
  params: z.output<R['params']>
  query: z.output<R['query']>
  body: z.output<R['body']>
}
