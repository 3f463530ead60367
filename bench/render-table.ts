import type { BenchTable } from './bench-table.ts'

/** A benchmark as text: its table, its checks, its notes. */
export function renderTable({ title, columns, rows, notes, checks }: BenchTable): string {
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...rows.map((row) => (row[index] ?? '').length)),
  )
  const line = (cells: readonly string[]) =>
    `${cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0))).join('  ')}\n`
  const shownChecks = checks.map(
    (check) =>
      `${check.passed ? 'met   ' : 'MISSED'}  ${check.name}: ${check.value} (target ${check.target})\n`,
  )
  return [
    `${title}\n${'='.repeat(title.length)}\n`,
    line(columns),
    `${widths.map((width) => '-'.repeat(width)).join('  ')}\n`,
    ...rows.map(line),
    shownChecks.length > 0 ? `\n${shownChecks.join('')}` : '',
    ...notes.map((note) => `\n${note}`),
    notes.length > 0 ? '\n' : '',
  ].join('')
}
