/* eslint-disable jsx-a11y/prefer-tag-over-role -- table elements cannot be positioned row by row; the roles keep the meaning */
import type { MouseEvent, ReactElement } from 'react'
import { classes } from '../classes.ts'
import type { Column } from './column.ts'

/** One row. The grid has the focus and the keys; a click opens. */
export function TableRow<Row>(props: {
  readonly id: string
  readonly row: Row
  readonly index: number
  readonly columns: readonly Column<Row>[]
  readonly template: string
  readonly heightPx: number
  readonly offsetPx?: number | undefined
  readonly isSelected: boolean
  readonly onOpen: ((row: Row) => void) | undefined
}): ReactElement {
  const { row, onOpen } = props
  return (
    // The grid itself handles the keys and points here with aria-activedescendant.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      role="row"
      id={props.id}
      aria-rowindex={props.index + 2}
      aria-selected={props.isSelected}
      onClick={
        onOpen === undefined
          ? undefined
          : (event) => {
              if (!isOfControl(event)) onOpen(row)
            }
      }
      style={{
        gridTemplateColumns: props.template,
        height: props.heightPx,
        ...(props.offsetPx === undefined
          ? {}
          : {
              position: 'absolute',
              insetInline: 0,
              top: 0,
              transform: `translateY(${String(props.offsetPx)}px)`,
            }),
      }}
      className={classes(
        'grid items-center border-b border-line px-2.5 md:px-4.5',
        onOpen !== undefined && 'cursor-default',
        props.isSelected ? 'bg-selected shadow-[inset_2px_0_0_var(--accent)]' : 'hover:bg-hover',
      )}
    >
      {props.columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          className={classes('min-w-0 truncate px-1.5', column.align === 'end' && 'text-right tabular-nums')}
        >
          {column.cell(row)}
        </div>
      ))}
    </div>
  )
}

/** A button, box or link within the row is not the row; neither is a dialog that one of them has opened elsewhere. */
function isOfControl({ target, currentTarget }: MouseEvent): boolean {
  if (!(target instanceof Element) || !currentTarget.contains(target)) return true
  return target.closest('button, a, label, input, [role="checkbox"]') !== null
}
