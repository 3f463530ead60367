import type { Paint } from './paint.ts'
import { fitText, padText, textWidth } from './text-width.ts'

export type Column<Row> = {
  readonly title: string
  readonly cell: (row: Row) => string
  readonly align?: 'left' | 'right'
  /** Colours the cell after it has been cut and padded. */
  readonly paint?: (text: string, row: Row) => string
  /** The column that gives way when the table is wider than the terminal; at most one. */
  readonly flexible?: boolean
}

const gap = '  '

/** A table as text: one line per row, columns as wide as their content, cut to the terminal. */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  options: { readonly paint: Paint; readonly maxWidth: number },
): string {
  const cells = rows.map((row) => columns.map((column) => oneLine(column.cell(row))))
  const widths = fitWidths(
    columns.map(({ title }, index) =>
      Math.max(textWidth(title), ...cells.map((line) => textWidth(line[index] ?? ''))),
    ),
    columns,
    options.maxWidth,
  )
  const line = (texts: readonly string[], style: (text: string, column: number) => string) =>
    columns
      .map(({ align }, index) => {
        const width = widths[index] ?? 0
        return style(padText(fitText(texts[index] ?? '', width), width, align), index)
      })
      .join(gap)
      .trimEnd()
  const head = line(
    columns.map(({ title }) => title),
    (text) => options.paint.dim(text),
  )
  const body = rows.map((row, at) =>
    line(cells[at] ?? [], (text, index) => columns[index]?.paint?.(text, row) ?? text),
  )
  return [head, ...body].join('\n')
}

function fitWidths<Row>(natural: number[], columns: readonly Column<Row>[], maxWidth: number): number[] {
  const flexible = columns.findIndex((column) => column.flexible)
  const total = natural.reduce((sum, width) => sum + width, 0) + gap.length * (columns.length - 1)
  if (flexible < 0 || total <= maxWidth) return natural
  return natural.map((width, index) => (index === flexible ? Math.max(8, width - (total - maxWidth)) : width))
}

function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').trim()
}
