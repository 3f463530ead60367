import type { EvaluationItem } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { State } from '../../ui/states/state.tsx'
import { formatMetric, orderMetrics } from './metric-words.ts'

/** Scores of one item with the evaluator's reason. */
export function ScoreList(props: { readonly scores: EvaluationItem['scores'] }): ReactElement {
  return (
    <ul>
      {orderMetrics(Object.keys(props.scores)).map((name) => {
        const score = props.scores[name]
        if (score === undefined) return undefined
        return (
          <li key={name} className="flex min-h-8 items-center gap-3 border-b border-line py-1">
            <span className="w-32 shrink-0 truncate">{name}</span>
            <span className="w-20 shrink-0 text-right tabular-nums">
              {score.score === null ? (
                <span className="text-faint">unscored</span>
              ) : (
                formatMetric(name, score.score)
              )}
            </span>
            <span className="min-w-0 flex-1 text-small text-muted">{score.reason}</span>
            {score.passed === false && <State tone="bad">missed</State>}
          </li>
        )
      })}
    </ul>
  )
}
