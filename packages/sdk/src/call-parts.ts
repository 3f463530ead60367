import type { BodyOf, OutputOf, ParamsOf, QueryOf, Route } from '@ratchet/contract'

// A part may be left out when every field of it may be.
type Part<Name extends string, Input> =
  Record<never, never> extends Input
    ? { readonly [K in Name]?: Input | undefined }
    : { readonly [K in Name]: Input }

export type CallOptions = {
  /** Aborts the call; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Deadline of this call in milliseconds, in place of the client's. For events: time until the first byte. */
  readonly timeoutMs?: number | undefined
}

/** What a call of this route takes, from its contract record: parts that may be empty are optional. */
export type CallParts<R extends Route> = Part<'params', ParamsOf<R>> &
  Part<'query', QueryOf<R>> &
  Part<'body', BodyOf<R>> &
  CallOptions

/** Makes the second argument optional for routes that need nothing. */
export type CallArguments<R extends Route> =
  Record<never, never> extends CallParts<R> ? [parts?: CallParts<R>] : [parts: CallParts<R>]

/** The routes that answer keyset pages. */
export type PagedRoute<R extends Route> =
  OutputOf<R> extends {
    items: readonly unknown[]
    nextCursor?: string | undefined
  }
    ? R
    : never
