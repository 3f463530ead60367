import type { Evaluation } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { formatScore } from '../../ui/numbers/format-number.ts'
import { State } from '../../ui/states/state.tsx'

/** The conditions of a run: held or missed, and by what value. */
export function ThresholdList(props: {
  readonly thresholds: Evaluation['thresholds']
  /** As written in the evaluation file; checked only at the end of a run. */
  readonly planned: readonly string[]
}): ReactElement {
  return (
    <section className="min-w-0">
      <h2 className="mb-1 text-small font-medium text-muted">Thresholds</h2>
      {props.thresholds.length === 0 && props.planned.length > 0 ? (
        <ul>
          {props.planned.map((expression) => (
            <li key={expression} className="flex min-h-8 items-center gap-3 border-b border-line">
              <span className="min-w-0 flex-1 py-1 font-mono break-words text-small">{expression}</span>
              <State tone="waiting">not checked</State>
            </li>
          ))}
        </ul>
      ) : props.thresholds.length === 0 ? (
        <p className="text-muted">
          None. Add <code className="font-mono text-small">thresholds:</code> to the evaluation file to make a
          run pass or fail.
        </p>
      ) : (
        <ul>
          {props.thresholds.map((threshold) => (
            <li key={threshold.expression} className="flex min-h-8 items-center gap-3 border-b border-line">
              <span className="min-w-0 flex-1 py-1 font-mono break-words text-small">
                {threshold.expression}
              </span>
              <span className="text-muted tabular-nums">{formatScore(threshold.actual)}</span>
              <State tone={threshold.passed ? 'ok' : 'bad'}>{threshold.passed ? 'held' : 'missed'}</State>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
