import { formatCompact, formatCostNano, formatPercent } from '../../../ui/numbers/format-number.ts'
import type { Column } from '../../../ui/table/column.ts'
import type { PlannedModel } from './plan-words.ts'

/** Columns of the plan: what a month and a request cost, and how many calls run at once at the peak. */
export function planColumns(dearestNano: number): readonly Column<PlannedModel>[] {
  return [
    {
      id: 'name',
      header: 'Model',
      width: { min: 130, share: 3 },
      cell: ({ name }) => (
        <span className="truncate font-mono text-small" title={name}>
          {name}
        </span>
      ),
    },
    {
      id: 'month',
      header: 'A month',
      width: 88,
      align: 'end',
      cell: ({ monthNano }) => formatCostNano(monthNano),
    },
    {
      id: 'interval',
      header: '95 % interval',
      width: 156,
      align: 'end',
      hideBelowPx: 620,
      cell: ({ interval }) =>
        interval === undefined ? (
          <span className="text-faint" title="Typed traffic has no sample to be unsure about">
            typed
          </span>
        ) : (
          `${formatCostNano(interval.low)} to ${formatCostNano(interval.high)}`
        ),
    },
    {
      id: 'request',
      header: 'A request',
      width: 88,
      align: 'end',
      hideBelowPx: 460,
      cell: ({ nanoPerRequest }) => formatCostNano(nanoPerRequest),
    },
    {
      id: 'dearest',
      header: 'To the dearest',
      width: 108,
      align: 'end',
      hideBelowPx: 540,
      cell: ({ savedByModelNano }) =>
        savedByModelNano === 0 || dearestNano === 0 ? (
          <span className="text-faint">–</span>
        ) : (
          `−${formatPercent(savedByModelNano / dearestNano)}`
        ),
    },
    {
      id: 'at-once',
      header: 'At once',
      width: 76,
      align: 'end',
      cell: ({ peakConcurrency }) =>
        peakConcurrency === undefined ? (
          <span className="text-faint" title="No speed of this model was measured; type one under Bursts">
            –
          </span>
        ) : (
          <span title="Calls that run together at the peak">{formatCompact(Math.ceil(peakConcurrency))}</span>
        ),
    },
  ]
}
