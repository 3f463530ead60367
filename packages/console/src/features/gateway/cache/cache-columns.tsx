import type { CacheUse } from '@ratchet/contract'
import {
  formatBytes,
  formatCompact,
  formatCostNano,
  formatCount,
  formatDuration,
  formatPercent,
} from '../../../ui/numbers/format-number.ts'
import type { Column } from '../../../ui/table/column.ts'

/** Columns of cache policies: how often each answers, what it saved, what it keeps. */
export const cacheColumns: readonly Column<CacheUse>[] = [
  {
    id: 'policy',
    header: 'Policy',
    width: { min: 100, share: 1.4 },
    cell: ({ policy }) => <span className="font-medium">{policy}</span>,
  },
  {
    id: 'mode',
    header: 'Finds',
    width: { min: 120, share: 1.4 },
    hideBelowPx: 620,
    cell: ({ mode, scope }) =>
      mode === undefined ? (
        <span className="text-faint">not configured any more</span>
      ) : (
        <span className="text-muted">
          {mode === 'exact' ? 'the same request' : 'the same meaning'}, per {scope}
        </span>
      ),
  },
  {
    id: 'rate',
    header: 'Hit rate',
    width: 84,
    align: 'end',
    cell: ({ hitRate }) => formatPercent(hitRate),
  },
  {
    id: 'hits',
    header: 'Hits',
    width: 76,
    align: 'end',
    hideBelowPx: 560,
    cell: ({ hits, semanticHits }) => formatCompact(hits + semanticHits),
  },
  {
    id: 'misses',
    header: 'Misses',
    width: 76,
    align: 'end',
    hideBelowPx: 700,
    cell: ({ misses }) => formatCompact(misses),
  },
  {
    id: 'saved',
    header: 'Saved',
    width: 84,
    align: 'end',
    cell: ({ savedNano }) => formatCostNano(savedNano),
  },
  {
    id: 'time',
    header: 'Time saved',
    width: 104,
    align: 'end',
    hideBelowPx: 780,
    cell: ({ savedMs }) => formatDuration(savedMs),
  },
  {
    id: 'agreement',
    header: 'Agreement',
    width: 110,
    align: 'end',
    hideBelowPx: 860,
    cell: ({ agreement, checks }) => (
      <span title={`${formatCount(checks)} hits were asked again`}>
        {formatPercent(agreement)}
        {checks > 0 && <span className="text-faint"> n={formatCompact(checks)}</span>}
      </span>
    ),
  },
  {
    id: 'kept',
    header: 'Kept',
    width: 130,
    align: 'end',
    hideBelowPx: 940,
    cell: (use) =>
      `${formatCompact(use.memoryAnswers + use.diskAnswers)}, ${formatBytes(use.memoryBytes + use.diskBytes)}`,
  },
]
