import type { ReactElement } from 'react'
import { Countdown } from '../../../ui/numbers/countdown.tsx'
import { State } from '../../../ui/states/state.tsx'
import type { TargetBreaker } from './target-breaker.ts'

/** A circuit breaker in words, with when it is tried again. */
export function BreakerState({ breaker }: { readonly breaker: TargetBreaker | undefined }): ReactElement {
  if (breaker === undefined)
    return (
      <span className="text-faint" title="No gateway has reported in the last half minute">
        –
      </span>
    )
  return (
    <span title={breaker.reason === '' ? undefined : breaker.reason}>
      <State tone={breaker.tone}>
        {breaker.words}
        {breaker.retryAt !== undefined && (
          <>
            , again <Countdown to={breaker.retryAt} over="with the next call" />
          </>
        )}
      </State>
    </span>
  )
}
