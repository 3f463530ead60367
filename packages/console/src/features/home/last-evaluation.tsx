import type { Evaluation } from '@ratchet/contract'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { Time } from '../../ui/numbers/time.tsx'
import { EvaluationVerdict } from '../evaluations/evaluation-verdict.tsx'
import { MetricPlot } from '../evaluations/metric-plot.tsx'

/** The newest evaluation with its metrics and their intervals. */
export function LastEvaluation(props: { readonly evaluation: Evaluation }): ReactElement {
  const { evaluation } = props
  return (
    <section className="min-w-0">
      <div className="mb-1 flex items-baseline gap-2">
        <h2 className="truncate font-semibold">
          <Link to="/evaluations/$id" params={{ id: evaluation.id }} className="hover:underline">
            {evaluation.name}
          </Link>
        </h2>
        <EvaluationVerdict evaluation={evaluation} />
        <span className="ml-auto text-small text-faint">
          <Time at={evaluation.createdAt} />
        </span>
      </div>
      {evaluation.error === undefined ? (
        <MetricPlot metrics={evaluation.metrics} label={`Metrics of ${evaluation.name}`} />
      ) : (
        <p className="line-clamp-4 break-words text-muted">{evaluation.error}</p>
      )}
    </section>
  )
}
