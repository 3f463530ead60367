import type { EvaluationItem } from '@ratchet/contract'
import { type ReactElement, useMemo } from 'react'
import { toProblem } from '../../api/problem.ts'
import { Switch } from '../../ui/controls/switch.tsx'
import { EmptyState } from '../../ui/states/empty-state.tsx'
import { ErrorState } from '../../ui/states/error-state.tsx'
import type { Column } from '../../ui/table/column.ts'
import { DataTable } from '../../ui/table/data-table.tsx'
import { formatMetric, orderMetrics } from './metric-words.ts'
import { printInputs } from './print-inputs.ts'

/** Identifies an item in the URL; repeats of an item are different rows. */
export function itemKey(item: Pick<EvaluationItem, 'itemId' | 'repeat'>): string {
  return `${item.itemId}~${String(item.repeat)}`
}

/** How an item is called; its repeat only matters when there are several. */
export function itemName(item: Pick<EvaluationItem, 'itemId' | 'repeat'>, repeats: number): string {
  return repeats > 1 ? `${item.itemId}, repeat ${String(item.repeat)}` : item.itemId
}

/** The items of a run with one column per metric. */
export function ItemTable(props: {
  readonly rows: readonly EvaluationItem[] | undefined
  readonly error: Error | null
  readonly onRetry: () => void
  readonly metrics: readonly string[]
  readonly repeats: number
  readonly failedOnly: boolean
  readonly onFailedOnly: (failedOnly: boolean) => void
  readonly selectedKey: string | undefined
  readonly onOpen: (key: string) => void
  readonly onEndReached: () => void
}): ReactElement {
  const { repeats } = props
  const names = props.metrics.join('\n')
  const columns = useMemo((): readonly Column<EvaluationItem>[] => {
    const scores = orderMetrics(names === '' ? [] : names.split('\n'))
    return [
      { id: 'item', header: 'Item', width: { min: 80, share: 1 }, cell: (item) => itemName(item, repeats) },
      {
        id: 'inputs',
        header: 'Input',
        width: { min: 140, share: 3 },
        cell: (item) => (
          <span dir="auto" className="text-muted">
            {printInputs(item.inputs)}
          </span>
        ),
      },
      {
        id: 'output',
        header: 'Output',
        width: { min: 140, share: 3 },
        hideBelowPx: 900,
        cell: (item) =>
          item.error === '' ? (
            <span dir="auto" className="text-muted">
              {item.output}
            </span>
          ) : (
            <span className="text-bad">{item.error}</span>
          ),
      },
      ...scores.map((name, index) => ({
        id: `score-${name}`,
        header: name,
        width: 112,
        align: 'end' as const,
        hideBelowPx: index === 0 ? 0 : 480 + index * 126,
        cell: (item: EvaluationItem) => <Score name={name} item={item} />,
      })),
    ]
  }, [names, repeats])
  return (
    <div className="flex min-h-100 flex-1 flex-col">
      <div className="flex items-center justify-between px-4 pb-2 md:px-6">
        <h2 className="text-small font-medium text-muted">Items</h2>
        <Switch checked={props.failedOnly} onChange={props.onFailedOnly}>
          <span className="text-muted">Only failed items</span>
        </Switch>
      </div>
      {props.error !== null && props.rows === undefined ? (
        <div className="px-6">
          <ErrorState
            problem={toProblem(props.error, 'The items could not be loaded')}
            onRetry={props.onRetry}
          />
        </div>
      ) : (
        <DataTable
          label="Items"
          columns={columns}
          rows={props.rows}
          rowKey={itemKey}
          selectedKey={props.selectedKey}
          onSelect={(item) => props.onOpen(itemKey(item))}
          onOpen={(item) => props.onOpen(itemKey(item))}
          onEndReached={props.onEndReached}
          empty={<EmptyState title={props.failedOnly ? 'No item failed' : 'No item is done yet'} />}
        />
      )}
    </div>
  )
}

function Score(props: { readonly name: string; readonly item: EvaluationItem }): ReactElement {
  const score = props.item.scores[props.name]
  if (score === undefined || score.score === null) {
    return (
      <span className="text-faint" title={score?.reason ?? 'not scored'}>
        unscored
      </span>
    )
  }
  return (
    <span title={score.reason} className={score.passed === false ? 'text-bad' : undefined}>
      {score.passed === false && <span className="sr-only">missed </span>}
      {formatMetric(props.name, score.score)}
    </span>
  )
}
