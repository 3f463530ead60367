import type { Budget, LimitScope, RateLimit } from '@ratchet/contract'

/** How a limit stands for a subject. Amounts are requests, tokens, running calls or nano-dollars. */
export type LimitFacts = {
  readonly kind: 'rate' | 'budget' | 'concurrency'
  readonly name: string
  readonly scope: LimitScope
  readonly subject: string
  readonly measure: RateLimit['measure'] | 'budget'
  /** Length of the window or period. */
  readonly per: { readonly windowMs: number } | Budget['period'] | undefined
  readonly limit: number
  /** By all processes, with what is reserved for running calls. */
  readonly used: number
  /** Not used up as far as is known: running calls or other processes hold the rest, or control cannot be asked for it. */
  readonly isProvisional: boolean
  /** Until everything is free again. */
  readonly resetMs: number
  /** Until a call like this one may be tried again. */
  readonly retryAfterMs: number
}
