import type { ReactNode } from 'react'

/** A column of a table. Figures are right-aligned with tabular digits; text is left-aligned and cut with an ellipsis. */
export type Column<Row> = {
  readonly id: string
  readonly header: string
  /** `120` is fixed; `{ min, share }` grows with the table. */
  readonly width: number | { readonly min: number; readonly share: number }
  readonly align?: 'start' | 'end'
  readonly isSortable?: boolean
  /** The column goes when the table is narrower than this. */
  readonly hideBelowPx?: number
  readonly cell: (row: Row) => ReactNode
}

export type Sort = { readonly column: string; readonly descending: boolean }

/** The grid track of a column. */
export function trackOf(column: Pick<Column<never>, 'width'>): string {
  if (typeof column.width === 'number') return `${String(column.width)}px`
  return `minmax(${String(column.width.min)}px, ${String(column.width.share)}fr)`
}
