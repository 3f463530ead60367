import type { Failure } from './classify-failure.ts'
import type { CompiledRoute } from './compiled-route.ts'

/** Where a request stands when an attempt has failed. */
export type Situation = {
  /** Attempts at the current target so far, the failed one included; those with another credential count too. */
  readonly tries: number
  /** Bytes of an answer have left for the client, so nothing can be taken back. */
  readonly hasSent: boolean
  /** A second call does no harm; false for what makes or changes something (files, batches). */
  readonly isRepeatable: boolean
  /** The connection has another credential that is ready (`CredentialRing.readyAtMs` says 0). */
  readonly hasReadyCredential: boolean
  /** `readyAt` says now: the breaker of the current target has not opened, and its credentials do not all rest. */
  readonly isTargetReady: boolean
  readonly hasNextTarget: boolean
  /** Until the request's total deadline. */
  readonly remainingMs: number
  readonly random: () => number
}

export type NextStep =
  | { readonly kind: 'retry'; readonly delayMs: number }
  | { readonly kind: 'next-target' }
  /** `reason` is for the span. */
  | { readonly kind: 'give-up'; readonly reason: string }

/**
 * What to do after a failed attempt. A limited or refused credential is changed at once; otherwise the target is tried
 * again as the route's retries say, then the next one is asked when the route falls back on this kind of failure.
 * Nothing is repeated once the client has got bytes, or when the provider may already have acted on a request that
 * must not run twice.
 */
export function nextStep(route: CompiledRoute, failure: Failure, situation: Situation): NextStep {
  const { kind } = failure
  const { remainingMs } = situation
  if (kind === undefined) return giveUp('the request itself was refused')
  if (situation.hasSent) return giveUp('the answer had begun')
  if (!situation.isRepeatable && failure.hasReached && !hasRefused(failure)) {
    return giveUp('the provider may have acted on it')
  }
  if (remainingMs <= 0) return giveUp('no time left')
  if (isCredentialMatter(failure) && situation.hasReadyCredential) return { kind: 'retry', delayMs: 0 }
  const delayMs = retryDelayMs(route, failure, situation)
  if (delayMs !== undefined && delayMs < remainingMs) return { kind: 'retry', delayMs }
  if (!route.fallbackOn.has(kind)) return giveUp(`no fallback on ${kind}`)
  return situation.hasNextTarget ? { kind: 'next-target' } : giveUp('no target left')
}

/** Undefined when this target is not tried again. */
function retryDelayMs(route: CompiledRoute, failure: Failure, situation: Situation): number | undefined {
  const { kind, retryAfterMs } = failure
  const { attempts, delayMs, maxDelayMs } = route.retries
  const { tries, random } = situation
  if (kind === undefined || !route.retryOn.has(kind) || tries > attempts) return undefined
  // Somebody healthy is a better bet than one who has just failed others, too.
  if (!situation.isTargetReady && situation.hasNextTarget && route.fallbackOn.has(kind)) return undefined
  const backoffMs = random() * Math.min(maxDelayMs, delayMs * 2 ** (tries - 1))
  if (retryAfterMs === undefined) return Math.round(backoffMs)
  // Never before the time we were told, and not all at that very time.
  return retryAfterMs > maxDelayMs ? undefined : Math.round(retryAfterMs + Math.min(backoffMs, delayMs))
}

function isCredentialMatter({ kind }: Failure): boolean {
  return kind === 'rate-limit' || kind === 'credential'
}

/** The provider said no before it did anything. */
function hasRefused({ kind }: Failure): boolean {
  return kind === 'rate-limit' || kind === 'credential' || kind === 'overloaded' || kind === 'not-found'
}

function giveUp(reason: string): NextStep {
  return { kind: 'give-up', reason }
}
