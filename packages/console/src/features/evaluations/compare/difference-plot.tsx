import type { Evaluation, MetricComparison } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { IntervalPlot } from '../../../ui/charts/interval-plot.tsx'
import { formatDifference } from '../../../ui/numbers/format-number.ts'
import { type Direction, directionOf } from './comparison-words.ts'
import { formatMetric, formatMetricDifference, kindOfMetric, orderMetrics } from '../metric-words.ts'

const tones = { better: 'ok', worse: 'bad', unclear: 'unclear', same: 'unclear' } as const
const words: Readonly<Record<Direction, string>> = {
  better: 'better',
  worse: 'worse',
  unclear: 'unclear',
  same: 'same',
}

/** Half an axis at least, in the metric's own unit: a score, milliseconds, nano-dollars. */
const smallestReach = { score: 0.05, duration: 10, cost: 1_000_000 } as const

/** Paired differences with 95 % intervals around zero. Scores share an axis; every other unit has its own. */
export function DifferencePlot(props: {
  readonly comparison: Readonly<Record<string, MetricComparison>>
  readonly a: Evaluation
  readonly b: Evaluation
}): ReactElement {
  const names = orderMetrics(Object.keys(props.comparison))
  const groups = [
    names.filter((name) => kindOfMetric(name) === 'score'),
    ...names.filter((name) => kindOfMetric(name) !== 'score').map((name) => [name]),
  ].filter((group) => group.length > 0)
  return (
    <div className="@container flex flex-col gap-2">
      {groups.map((group) => {
        const rows = group.flatMap((name) => {
          const one = props.comparison[name]
          return one === undefined ? [] : [{ name, one, direction: directionOf(name, one) }]
        })
        const ends = rows.flatMap(({ one }) =>
          [one.low, one.high, one.difference].map((value) => Math.abs(value ?? 0)),
        )
        // Without any difference there is still an axis to stand on.
        const reach = Math.max(smallestReach[kindOfMetric(group[0] ?? '')], ...ends) * 1.1
        return (
          <IntervalPlot
            key={group.join()}
            label="Differences"
            reference={0}
            axis={{ low: -reach, high: reach }}
            format={(value) =>
              group[0] === undefined ? formatDifference(value) : formatMetricDifference(group[0], value)
            }
            rows={rows.map(({ name, one, direction }) => ({
              id: name,
              label: name,
              value: one.difference,
              low: one.low,
              high: one.high,
              tone: tones[direction],
              words: (
                <span
                  title={`p ${one.p?.toPrecision(2) ?? 'unknown'}, after Holm's correction ${one.pAdjusted?.toPrecision(2) ?? 'unknown'}`}
                >
                  <span className="mr-2 text-small text-faint @max-[760px]:hidden">
                    {formatMetric(name, props.a.metrics[name]?.mean)} to{' '}
                    {formatMetric(name, props.b.metrics[name]?.mean)}
                  </span>
                  <span className="font-medium">{formatMetricDifference(name, one.difference)}</span>
                  <span className="ml-2 inline-block w-14 text-left text-small">{words[direction]}</span>
                  <span className="ml-2 text-small text-faint @max-[600px]:hidden">
                    {one.improved} improved, {one.worse} worse of {one.n}
                  </span>
                </span>
              ),
            }))}
          />
        )
      })}
    </div>
  )
}
