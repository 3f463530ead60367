import { expect, test } from 'vitest'
import { makePaint } from './paint.ts'
import { renderTable } from './table.ts'

const rows = [
  { name: 'docs', count: 7, note: 'short' },
  { name: '日本', count: 1200, note: 'a note that is far too long for a small terminal' },
]
const columns = [
  { title: 'NAME', cell: (row: (typeof rows)[number]) => row.name },
  { title: 'N', cell: (row: (typeof rows)[number]) => String(row.count), align: 'right' as const },
  { title: 'NOTE', cell: (row: (typeof rows)[number]) => row.note, flexible: true },
]

test('columns line up with wide characters and the flexible one gives way', () => {
  expect(renderTable(rows, columns, { paint: makePaint(false), maxWidth: 30 })).toBe(
    ['NAME     N  NOTE', 'docs     7  short', '日本  1200  a note that is fa…'].join('\n'),
  )
})

test('colour does not shift columns', () => {
  const coloured = columns.map((column) => ({
    ...column,
    paint: (text: string) => `\u001b[31m${text}\u001b[39m`,
  }))
  const text = renderTable(rows, coloured, { paint: makePaint(false), maxWidth: 80 })
  expect(text.split('\n')[1]).toContain('docs\u001b[39m  \u001b[31m   7')
})
