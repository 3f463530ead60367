import type { CompiledRoute } from './compiled-route.ts'
import type { Candidate } from './plan-targets.ts'

/** Where a request stands while it waits for its first attempt. */
export type HedgeSituation = {
  /** `PlanWalk.peekNext`. */
  readonly next: Candidate | undefined
  /** The next target's breaker is closed: a hedge must not be the probe of a broken one. */
  readonly isNextHealthy: boolean
  /** Hedges of this request so far. */
  readonly hedges: number
  readonly hasAnswerBegun: boolean
  readonly isRepeatable: boolean
  /** Since the attempt was sent. */
  readonly waitedMs: number
  readonly remainingMs: number
}

/**
 * How long to go on waiting before the next target is asked as well; 0: ask it now. Undefined: never, because the route
 * does not hedge, there is nobody good to ask, or the answer has begun. One hedge for each request: it doubles the
 * cost, and more of them would turn a slow provider into a burst on the others. The first answer wins; the other is
 * cancelled, and what it cost is counted.
 */
export function hedgeDelayMs(
  route: Pick<CompiledRoute, 'hedgeAfterMs'>,
  situation: HedgeSituation,
): number | undefined {
  const { hedgeAfterMs } = route
  if (hedgeAfterMs === undefined || situation.hedges > 0 || situation.hasAnswerBegun) return undefined
  if (!situation.isRepeatable || situation.next?.isReady !== true || !situation.isNextHealthy)
    return undefined
  const delayMs = Math.max(0, hedgeAfterMs - situation.waitedMs)
  return delayMs < situation.remainingMs ? delayMs : undefined
}
