import type { UsageFigures, UsageGroup } from '@ratchet/contract'
import type { ReactElement } from 'react'
import {
  formatCompact,
  formatCostNano,
  formatDuration,
  formatPercent,
} from '../../../ui/numbers/format-number.ts'
import { usageWords } from '../../../ui/numbers/usage-words.ts'
import type { Column } from '../../../ui/table/column.ts'
import { partColour } from './part-colour.ts'

export type CostRow = UsageFigures &
  Pick<UsageGroup, 'forecast'> & {
    readonly id: string
    readonly label: string
    /** Its shade in the chart. */
    readonly place: number
    /** Undefined for what is in no group. */
    readonly traces: UsageGroup['traces'] | undefined
  }

/** Columns of the groups: cost, its share, what a request costs, and how requests fared. */
export function costColumns(
  heading: string,
  totalNano: number,
  hasBesides: boolean,
): readonly Column<CostRow>[] {
  return [
    {
      id: 'group',
      header: heading,
      width: { min: 130, share: 3 },
      cell: (row) => (
        <span className="flex min-w-0 items-center gap-2" title={row.label}>
          <span
            aria-hidden
            className="size-2.5 shrink-0 rounded-mark"
            style={{ background: partColour(row.place) }}
          />
          <span className={row.traces === undefined ? 'truncate text-muted' : 'truncate'}>{row.label}</span>
        </span>
      ),
    },
    { id: 'cost', header: 'Cost', width: 88, align: 'end', cell: (row) => <Cost row={row} /> },
    {
      id: 'share',
      header: 'Share',
      width: 76,
      align: 'end',
      cell: (row) => formatPercent(totalNano === 0 ? undefined : row.costNano / totalNano),
    },
    {
      id: 'forecast',
      header: 'Month end',
      width: 92,
      align: 'end',
      hideBelowPx: 620,
      cell: (row) => formatCostNano(row.forecast?.atEndNano),
    },
    {
      id: 'requests',
      header: 'Requests',
      width: 84,
      align: 'end',
      hideBelowPx: 460,
      cell: (row) => formatCompact(row.requests),
    },
    {
      id: 'each',
      header: 'A request',
      width: 92,
      align: 'end',
      hideBelowPx: 540,
      cell: (row) => formatCostNano(row.requests === 0 ? undefined : row.costNano / row.requests),
    },
    {
      id: 'input',
      header: 'Input',
      width: 76,
      align: 'end',
      hideBelowPx: 760,
      cell: (row) => formatCompact(row.inputTokens),
    },
    {
      id: 'cached',
      header: 'Cached',
      width: 76,
      align: 'end',
      hideBelowPx: 920,
      cell: (row) =>
        formatPercent(row.inputTokens === 0 ? undefined : row.cachedInputTokens / row.inputTokens),
    },
    {
      id: 'output',
      header: 'Output',
      width: 76,
      align: 'end',
      hideBelowPx: 760,
      cell: (row) => formatCompact(row.outputTokens),
    },
    {
      id: 'errors',
      header: 'Failed',
      width: 76,
      align: 'end',
      hideBelowPx: 840,
      cell: (row) => (
        <span className={row.errors >= row.requests * 0.01 && row.errors > 0 ? 'text-bad' : undefined}>
          {formatPercent(row.requests === 0 ? undefined : row.errors / row.requests)}
        </span>
      ),
    },
    {
      id: 'latency',
      header: 'p95',
      width: 80,
      align: 'end',
      hideBelowPx: 1000,
      cell: (row) => formatDuration(row.p95Ms),
    },
    ...(hasBesides
      ? [
          {
            id: 'besides',
            header: 'Besides',
            width: { min: 170, share: 3 },
            hideBelowPx: 1120,
            cell: (row: CostRow) => {
              const words = usageWords(row)
              return (
                <span className="truncate text-small text-muted" title={words}>
                  {words}
                </span>
              )
            },
          },
        ]
      : []),
  ]
}

/** A cost that calls are missing in is at least that; when all are missing, it is not known. */
function Cost({ row }: { readonly row: CostRow }): ReactElement {
  const { costNano, unknownCost } = row
  if (unknownCost === 0) return <span>{formatCostNano(costNano)}</span>
  const why = `${String(unknownCost)} calls have no known price`
  if (costNano === 0)
    return (
      <span className="text-faint" title={why}>
        not known
      </span>
    )
  return <span title={why}>≥ {formatCostNano(costNano)}</span>
}
