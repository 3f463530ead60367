/* eslint-disable jsx-a11y/prefer-tag-over-role -- table elements cannot be positioned row by row; the roles keep the meaning */
import { rowSortingFeature, columnVisibilityFeature, tableFeatures, useTable } from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useId,
  useMemo,
  useRef,
} from 'react'
import { useHotkeys } from '../keyboard/use-hotkeys.ts'
import { type Column, isShownAt, type Sort, trackOf } from './column.ts'
import { moveSelection } from './move-selection.ts'
import { TableHead } from './table-head.tsx'
import { TableRow } from './table-row.tsx'
import { TableSkeleton } from './table-skeleton.tsx'
import { useElementWidth } from './use-element-width.ts'

const features = tableFeatures({ rowSortingFeature, columnVisibilityFeature })

export type DataTableProps<Row> = {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  /** Undefined on first load (skeleton). While newer data loads, keep passing the old rows. */
  readonly rows: readonly Row[] | undefined
  readonly rowKey: (row: Row) => string
  readonly selectedKey?: string | undefined
  /** j, k, arrows: the choice moves. */
  readonly onSelect?: (row: Row) => void
  /** Enter or click: the row opens. */
  readonly onOpen?: (row: Row) => void
  readonly sort?: Sort | undefined
  readonly onSort?: (sort: Sort) => void
  readonly onEndReached?: () => void
  readonly empty?: ReactNode
  readonly rowHeightPx?: 32 | 40
  /** Below the last row: "loading more", or how many there are. */
  readonly foot?: ReactNode
  /** Draws all rows instead of a scrolled window; for short tables inside a page. */
  readonly unbounded?: boolean
}

/**
 * Rows of one kind. Only what is visible is drawn, so 10,000 rows cost what 40 do. Sorting is the caller's
 * (usually the server's). Columns with `hideBelowPx` go when the table gets narrow.
 */
export function DataTable<Row extends object>(props: DataTableProps<Row>): ReactElement {
  const { columns, rows, rowKey, selectedKey } = props
  const scroller = useRef<HTMLDivElement>(null)
  const widthPx = useElementWidth(scroller)
  const id = useId()
  const height = props.rowHeightPx ?? 32

  const visibility = useMemo(
    () => Object.fromEntries(columns.map((column) => [column.id, isShownAt(column, widthPx)])),
    [columns, widthPx],
  )
  const definitions = useMemo(
    () =>
      columns.map((column) => ({
        id: column.id,
        header: column.header,
        enableSorting: column.isSortable === true,
      })),
    [columns],
  )
  const table = useTable({
    features,
    columns: definitions,
    data: rows ?? noRows,
    getRowId: (row: object) => keyOf(row, rowKey),
    manualSorting: true,
    state: {
      columnVisibility: visibility,
      sorting: props.sort === undefined ? [] : [{ id: props.sort.column, desc: props.sort.descending }],
    },
  })
  const shown = table
    .getVisibleLeafColumns()
    .flatMap(({ id: name }) => columns.filter((column) => column.id === name))
  const template = shown.map(trackOf).join(' ')

  const virtual = useVirtualizer({
    count: rows?.length ?? 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
    enabled: props.unbounded !== true,
    initialRect: { width: 800, height: 640 },
  })
  const items = props.unbounded === true ? undefined : virtual.getVirtualItems()
  const lastDrawn = items?.at(-1)?.index ?? -1
  const { onEndReached } = props
  useEffect(() => {
    if (rows !== undefined && rows.length > 0 && lastDrawn >= rows.length - 10) onEndReached?.()
  }, [lastDrawn, rows, onEndReached])

  const selected =
    rows === undefined || selectedKey === undefined
      ? -1
      : rows.findIndex((row) => rowKey(row) === selectedKey)
  useEffect(() => {
    if (selected >= 0 && props.unbounded !== true) virtual.scrollToIndex(selected, { align: 'auto' })
    // Only a changed choice scrolls; new rows must not move the page under the reader.
    // eslint-disable-next-line react/exhaustive-deps
  }, [selectedKey])

  const choose = (key: string): boolean => {
    const next = moveSelection(
      key,
      selected,
      rows?.length ?? 0,
      Math.floor((scroller.current?.clientHeight ?? 640) / height) - 1,
    )
    const row = next === undefined ? undefined : rows?.[next]
    if (row === undefined) return false
    props.onSelect?.(row)
    return true
  }
  const open = (): void => {
    const row = rows?.[selected]
    if (row !== undefined) props.onOpen?.(row)
  }
  useHotkeys(
    props.onSelect === undefined
      ? []
      : [
          { keys: 'j', label: 'Next row', group: 'List', run: () => choose('j') },
          { keys: 'k', label: 'Previous row', group: 'List', run: () => choose('k') },
          { keys: 'Enter', label: 'Open the row', group: 'List', run: open },
        ],
  )
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.target !== event.currentTarget) return
    if (event.key === 'Enter') open()
    else if (!choose(event.key)) return
    event.preventDefault()
    event.stopPropagation()
  }

  const row = (index: number, offset?: number): ReactElement | undefined => {
    const data = rows?.[index]
    if (data === undefined) return undefined
    const key = rowKey(data)
    return (
      <TableRow
        key={key}
        id={`${id}-${key}`}
        row={data}
        index={index}
        columns={shown}
        template={template}
        heightPx={height}
        offsetPx={offset}
        isSelected={index === selected}
        onOpen={props.onOpen}
      />
    )
  }
  return (
    <div ref={scroller} className={props.unbounded === true ? undefined : 'min-h-0 flex-1 overflow-auto'}>
      <div
        role="grid"
        aria-label={props.label}
        aria-rowcount={rows === undefined ? -1 : rows.length + 1}
        aria-busy={rows === undefined}
        aria-activedescendant={
          selectedKey !== undefined && selected >= 0 ? `${id}-${selectedKey}` : undefined
        }
        tabIndex={0}
        onKeyDown={onKeyDown}
        className="-outline-offset-2"
      >
        <TableHead columns={shown} template={template} sort={props.sort} onSort={props.onSort} />
        {rows === undefined ? (
          <TableSkeleton columns={shown} template={template} heightPx={height} />
        ) : items === undefined ? (
          <div role="rowgroup">{rows.map((_, index) => row(index))}</div>
        ) : (
          <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => row(item.index, item.start))}
          </div>
        )}
      </div>
      {rows?.length === 0 && <div className="px-4 md:px-6">{props.empty}</div>}
      {props.foot}
    </div>
  )
}

const noRows: readonly object[] = []

function keyOf<Row extends object>(row: object, rowKey: (row: Row) => string): string {
  return rowKey(row as Row)
}
