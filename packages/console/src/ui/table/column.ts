import type { ReactNode } from 'react'

/** A column of a table. Figures are right-aligned with tabular digits; text is left-aligned and cut with an ellipsis. */
export type Column<Row> = {
  readonly id: string
  readonly header: string
  /** The name is for screen readers only (tick boxes, buttons). */
  readonly isHeaderHidden?: boolean
  /** `120` is fixed; `{ min, share }` grows with the table. */
  readonly width: number | { readonly min: number; readonly share: number }
  readonly align?: 'start' | 'end'
  readonly isSortable?: boolean
  /** The column goes when the table is narrower than this. */
  readonly hideBelowPx?: number
  /** The column goes when the table is this wide or wider: for short forms of what another column says in full. */
  readonly hideFromPx?: number
  readonly cell: (row: Row) => ReactNode
}

export type Sort = { readonly column: string; readonly descending: boolean }

/** The grid track of a column. */
export function trackOf(column: Pick<Column<never>, 'width'>): string {
  if (typeof column.width === 'number') return `${String(column.width)}px`
  return `minmax(${String(column.width.min)}px, ${String(column.width.share)}fr)`
}

/** Whether the column is there in a table of this width. */
export function isShownAt(
  column: Pick<Column<never>, 'hideBelowPx' | 'hideFromPx'>,
  widthPx: number,
): boolean {
  return widthPx >= (column.hideBelowPx ?? 0) && widthPx < (column.hideFromPx ?? Number.POSITIVE_INFINITY)
}
