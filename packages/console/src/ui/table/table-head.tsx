/* eslint-disable jsx-a11y/prefer-tag-over-role -- table elements cannot be positioned row by row; the roles keep the meaning */
import { ArrowDown, ArrowUp } from 'lucide-react'
import type { ReactElement } from 'react'
import { classes } from '../classes.ts'
import type { Column, Sort } from './column.ts'

/** Column names, sticky above the rows; sortable ones are buttons. */
export function TableHead<Row>(props: {
  readonly columns: readonly Column<Row>[]
  readonly template: string
  readonly sort: Sort | undefined
  readonly onSort: ((sort: Sort) => void) | undefined
}): ReactElement {
  return (
    <div role="rowgroup" className="sticky top-0 z-10 border-b border-line bg-bg">
      <div
        role="row"
        aria-rowindex={1}
        className="grid h-8 items-center px-2.5 md:px-4.5 text-small text-muted"
        style={{ gridTemplateColumns: props.template }}
      >
        {props.columns.map((column) => {
          const isSorted = props.sort?.column === column.id
          const isDescending = isSorted && props.sort?.descending === true
          return (
            <div
              key={column.id}
              role="columnheader"
              aria-sort={isSorted ? (isDescending ? 'descending' : 'ascending') : undefined}
              className={classes('min-w-0 px-1.5', column.align === 'end' && 'text-right')}
            >
              {column.isSortable === true && props.onSort !== undefined ? (
                <button
                  type="button"
                  onClick={() => props.onSort?.({ column: column.id, descending: !isDescending })}
                  className="inline-flex max-w-full items-center gap-1 hover:text-ink"
                >
                  <span className="truncate">{column.header}</span>
                  {isSorted && (isDescending ? <ArrowDown size={12} /> : <ArrowUp size={12} />)}
                </button>
              ) : (
                <span className={column.isHeaderHidden === true ? 'sr-only' : 'block truncate'}>
                  {column.header}
                </span>
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}
