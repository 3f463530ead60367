import type { Evaluation } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { Checkbox } from '../../ui/controls/checkbox.tsx'
import { formatCount } from '../../ui/numbers/format-number.ts'
import { Time } from '../../ui/numbers/time.tsx'
import type { Column } from '../../ui/table/column.ts'
import { EvaluationVerdict } from './evaluation-verdict.tsx'
import { printTarget } from './target-words.ts'
import { describeMetric, formatMetric, kindOfMetric, orderMetrics } from './metric-words.ts'

/** The columns of the list of runs, with a tick box for comparing. */
export function evaluationColumns(
  picked: readonly string[],
  onPick: (id: string) => void,
): readonly Column<Evaluation>[] {
  return [
    {
      id: 'pick',
      header: 'Compare',
      isHeaderHidden: true,
      width: 32,
      cell: (run) => (
        <span className="flex">
          <Checkbox
            checked={picked.includes(run.id)}
            onChange={() => onPick(run.id)}
            label={`Compare ${run.name} of ${run.createdAt}`}
          />
        </span>
      ),
    },
    {
      id: 'name',
      header: 'Evaluation',
      width: { min: 110, share: 2 },
      cell: (run) => <span className="font-medium">{run.name}</span>,
    },
    {
      id: 'state',
      header: 'Result',
      width: { min: 140, share: 1.4 },
      cell: (run) => <EvaluationVerdict evaluation={run} />,
    },
    {
      id: 'target',
      header: 'Target',
      width: { min: 130, share: 2 },
      hideBelowPx: 560,
      cell: (run) => <span className="text-muted">{printTarget(run)}</span>,
    },
    {
      id: 'metrics',
      header: 'Scores',
      width: { min: 200, share: 4 },
      hideBelowPx: 860,
      cell: (run) => <Scores run={run} />,
    },
    {
      id: 'items',
      header: 'Items',
      width: 64,
      align: 'end',
      hideBelowPx: 640,
      cell: (run) => formatCount(run.progress.total),
    },
    { id: 'created', header: 'Started', width: 96, align: 'end', cell: (run) => <Time at={run.createdAt} /> },
  ]
}

function Scores(props: { readonly run: Evaluation }): ReactElement {
  const { metrics } = props.run
  const names = orderMetrics(Object.keys(metrics)).filter((name) => kindOfMetric(name) === 'score')
  return (
    <span className="flex h-5 flex-wrap gap-x-4 overflow-hidden">
      {names.slice(0, 4).map((name) => {
        const metric = metrics[name]
        return metric === undefined ? undefined : (
          <span key={name} className="whitespace-nowrap" title={`${name}: ${describeMetric(name, metric)}`}>
            <span className="text-faint">{name}</span>{' '}
            <span className="tabular-nums">{formatMetric(name, metric.mean)}</span>
          </span>
        )
      })}
    </span>
  )
}
