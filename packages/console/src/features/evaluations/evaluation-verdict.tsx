import type { Evaluation } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { State, type Tone } from '../../ui/states/state.tsx'

/** How a run stands: its state while it runs, its thresholds when it is done. */
export function EvaluationVerdict(props: {
  readonly evaluation: Evaluation
  readonly filled?: boolean
}): ReactElement {
  const { tone, words } = verdictOf(props.evaluation)
  return (
    <State tone={tone} filled={props.filled ?? false}>
      {words}
    </State>
  )
}

export function verdictOf(evaluation: Evaluation): { readonly tone: Tone; readonly words: string } {
  const { state, progress, passed, thresholds } = evaluation
  switch (state) {
    case 'queued':
      return { tone: 'waiting', words: 'queued' }
    case 'running':
      return { tone: 'active', words: `${String(progress.done)} of ${String(progress.total)}` }
    case 'failed':
      return { tone: 'bad', words: 'failed' }
    case 'cancelled':
      return { tone: 'neutral', words: `cancelled at ${String(progress.done)} of ${String(progress.total)}` }
    case 'done': {
      if (passed === null) return { tone: 'ok', words: 'done' }
      if (passed) return { tone: 'ok', words: 'passed' }
      const missed = thresholds.filter((threshold) => !threshold.passed).length
      return {
        tone: 'bad',
        words: missed === 1 ? '1 threshold missed' : `${String(missed)} thresholds missed`,
      }
    }
  }
}
