import type { Metric } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { IntervalPlot } from '../../ui/charts/interval-plot.tsx'
import { formatScore } from '../../ui/numbers/format-number.ts'
import { describeMetric, formatMetric, kindOfMetric, orderMetrics } from './metric-words.ts'

/** Means with their 95 % intervals: scores on one axis from 0 to 1, times and money as figures below. */
export function MetricPlot(props: {
  readonly metrics: Readonly<Record<string, Metric>>
  readonly label: string
}): ReactElement {
  const names = orderMetrics(Object.keys(props.metrics))
  const entries = names.flatMap((name) => {
    const metric = props.metrics[name]
    return metric === undefined ? [] : [{ name, metric }]
  })
  const scores = entries.filter(({ name }) => kindOfMetric(name) === 'score')
  const others = entries.filter(({ name }) => kindOfMetric(name) !== 'score')
  const ends = scores.flatMap(({ metric }) => [
    metric.low ?? metric.mean ?? 0,
    metric.high ?? metric.mean ?? 1,
  ])
  const axis = { low: Math.min(0, ...ends), high: Math.max(1, ...ends) }
  if (entries.length === 0) return <p className="py-2 text-muted">No item is scored.</p>
  return (
    <div className="@container min-w-0">
      {scores.length > 0 && (
        <IntervalPlot
          label={props.label}
          axis={axis}
          format={(value) => formatScore(value).replace(/0+$/, '').replace(/\.$/, '')}
          rows={scores.map(({ name, metric }) => ({
            id: name,
            label: name,
            value: metric.mean,
            low: metric.low,
            high: metric.high,
            words: (
              <span title={describeMetric(name, metric)}>
                <span className="font-medium">{formatMetric(name, metric.mean)}</span>
                <span className="ml-2 text-small text-faint @max-[600px]:hidden">
                  {describeMetric(name, metric)}
                </span>
              </span>
            ),
          }))}
        />
      )}
      {others.map(({ name, metric }) => (
        <div key={name} className="flex h-8 items-center gap-4 border-b border-line">
          <span className="truncate">{name}</span>
          <span className="ml-auto whitespace-nowrap tabular-nums">
            <span className="font-medium">{formatMetric(name, metric.mean)}</span>
            <span className="ml-2 text-small text-faint @max-[420px]:hidden">
              {describeMetric(name, metric)}
            </span>
          </span>
        </div>
      ))}
    </div>
  )
}
