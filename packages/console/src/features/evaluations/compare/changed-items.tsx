import type { compareEvaluations, MetricComparison, OutputOf } from '@ratchet/contract'
import { type ReactElement, useMemo } from 'react'
import { EmptyState } from '../../../ui/states/empty-state.tsx'
import type { Column } from '../../../ui/table/column.ts'
import { DataTable } from '../../../ui/table/data-table.tsx'
import { formatMetricDifference, isHigherBetter, orderMetrics } from '../metric-words.ts'
import { printInputs } from '../print-inputs.ts'

export type ItemPair = OutputOf<typeof compareEvaluations>['items'][number]

/** Items with the largest changes first, with the difference per metric. */
export function ChangedItems(props: {
  readonly items: readonly ItemPair[]
  readonly comparison: Readonly<Record<string, MetricComparison>>
  readonly selected: string | undefined
  readonly onOpen: (itemId: string) => void
}): ReactElement {
  // What changed most is what one came to see, so its column is the last to go.
  const moved = (name: string): number => {
    const one = props.comparison[name]
    return one === undefined ? 0 : one.improved + one.worse
  }
  const names = orderMetrics(Object.keys(props.comparison))
    .sort((a, b) => moved(b) - moved(a))
    .join('\n')
  const columns = useMemo((): readonly Column<ItemPair>[] => {
    const metrics = names === '' ? [] : names.split('\n')
    return [
      { id: 'item', header: 'Item', width: { min: 90, share: 1 }, cell: (pair) => pair.itemId },
      {
        id: 'inputs',
        header: 'Input',
        width: { min: 140, share: 4 },
        hideBelowPx: 560,
        cell: (pair) => (
          <span dir="auto" className="text-muted">
            {printInputs((pair.b ?? pair.a)?.inputs ?? {})}
          </span>
        ),
      },
      ...metrics.map((name, index) => ({
        id: `metric-${name}`,
        header: name,
        width: 104,
        align: 'end' as const,
        hideBelowPx: index === 0 ? 0 : 420 + index * 120,
        cell: (pair: ItemPair) => <Difference name={name} pair={pair} />,
      })),
    ]
  }, [names])
  return (
    <div className="flex min-h-80 flex-1 flex-col">
      <h2 className="px-4 pb-2 text-small font-medium text-muted md:px-6">Items that changed most</h2>
      <DataTable
        label="Changed items"
        columns={columns}
        rows={props.items}
        rowKey={(pair) => pair.itemId}
        selectedKey={props.selected}
        onSelect={(pair) => props.onOpen(pair.itemId)}
        onOpen={(pair) => props.onOpen(pair.itemId)}
        empty={<EmptyState title="No item changed">Both runs scored every item the same.</EmptyState>}
      />
    </div>
  )
}

function Difference(props: { readonly name: string; readonly pair: ItemPair }): ReactElement {
  const before = props.pair.a?.scores[props.name]?.score
  const after = props.pair.b?.scores[props.name]?.score
  if (before === undefined || before === null || after === undefined || after === null) {
    return (
      <span className="text-faint">
        {before === undefined || before === null ? 'was unscored' : 'now unscored'}
      </span>
    )
  }
  const difference = after - before
  if (difference === 0) return <span className="text-faint">same</span>
  const isBetter = difference > 0 === isHigherBetter(props.name)
  return (
    <span className={isBetter ? 'text-ok' : 'text-bad'}>
      {formatMetricDifference(props.name, difference)}
    </span>
  )
}
