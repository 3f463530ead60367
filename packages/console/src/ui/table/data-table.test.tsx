import { type ReactElement, useState } from 'react'
import { afterEach, expect, test } from 'vitest'
import { draw, type Page } from '../../testing/page.tsx'
import { Button } from '../controls/button.tsx'
import { KeyboardProvider } from '../keyboard/keyboard-provider.tsx'
import type { Column } from './column.ts'
import { DataTable } from './data-table.tsx'
import { moveSelection } from './move-selection.ts'

type Row = { readonly id: string; readonly size: number }
const rows: readonly Row[] = Array.from({ length: 10_000 }, (_, index) => ({
  id: `row-${String(index)}`,
  size: index,
}))
const columns: readonly Column<Row>[] = [
  { id: 'id', header: 'Name', width: 100, cell: (row) => row.id },
  { id: 'size', header: 'Size', width: 80, align: 'end', isSortable: true, cell: (row) => row.size },
  { id: 'wide', header: 'Only wide', width: 80, hideBelowPx: 5000, cell: () => 'x' },
]

let page: Page | undefined
afterEach(async () => page?.close())

function Harness(props: {
  readonly rows: readonly Row[] | undefined
  readonly opened: string[]
  readonly sorted?: string[]
}): ReactElement {
  const [chosen, setChosen] = useState<string>()
  return (
    <KeyboardProvider>
      <DataTable
        label="Things"
        columns={columns}
        rows={props.rows}
        rowKey={(row) => row.id}
        selectedKey={chosen}
        onSelect={(row) => setChosen(row.id)}
        onOpen={(row) => props.opened.push(row.id)}
        sort={{ column: 'size', descending: false }}
        onSort={(sort) => props.sorted?.push(`${sort.column} ${String(sort.descending)}`)}
        empty={<p>Nothing here</p>}
      />
    </KeyboardProvider>
  )
}

test('j, k and the arrows move, Enter opens the row under the cursor', async () => {
  const opened: string[] = []
  page = await draw(<Harness rows={rows} opened={opened} />)
  const grid = await page.get('grid', 'Things')
  await page.press('j')
  await page.press('j')
  await page.press('k')
  expect(grid.getAttribute('aria-activedescendant')).toMatch(/row-0$/)
  grid.focus()
  await page.press('ArrowDown')
  expect(grid.getAttribute('aria-activedescendant')).toMatch(/row-1$/)
  await page.press('Enter')
  expect(opened).toEqual(['row-1'])
})

test('a list of 10,000 rows draws only the visible ones and still says how many there are', async () => {
  page = await draw(<Harness rows={rows} opened={[]} />)
  const grid = await page.get('grid', 'Things')
  expect(grid.querySelectorAll('[role="row"]').length).toBeLessThan(60)
  expect(grid.getAttribute('aria-rowcount')).toBe('10001')
})

test('columns that do not fit are left out, and a header sorts the other way round', async () => {
  const sorted: string[] = []
  page = await draw(<Harness rows={rows} opened={[]} sorted={sorted} />)
  expect(page.find('columnheader', 'Only wide')).toBeUndefined()
  await page.click(await page.get('button', 'Size'))
  expect(sorted).toEqual(['size true'])
})

test('first load is told apart from no rows', async () => {
  page = await draw(<Harness rows={undefined} opened={[]} />)
  expect((await page.get('grid', 'Things')).getAttribute('aria-busy')).toBe('true')
  expect(page.text()).not.toContain('Nothing here')
  await page.close()
  page = await draw(<Harness rows={[]} opened={[]} />)
  expect(page.text()).toContain('Nothing here')
})

test('moving stops at both ends and starts at the near one', () => {
  expect(moveSelection('k', -1, 5, 10)).toBe(4)
  expect(moveSelection('j', -1, 5, 10)).toBe(0)
  expect(moveSelection('j', 4, 5, 10)).toBe(4)
  expect(moveSelection('PageUp', 3, 5, 10)).toBe(0)
  expect(moveSelection('End', 0, 5, 10)).toBe(4)
  expect(moveSelection('x', 0, 5, 10)).toBeUndefined()
  expect(moveSelection('j', -1, 0, 10)).toBeUndefined()
})

test('a click on a control within a row is not one on the row', async () => {
  const opened: string[] = []
  const tested: string[] = []
  page = await draw(
    <KeyboardProvider>
      <DataTable
        label="Things"
        columns={[
          ...columns,
          {
            id: 'test',
            header: 'Actions',
            width: 80,
            cell: (row) => <Button onClick={() => tested.push(row.id)}>{`Test ${row.id}`}</Button>,
          },
        ]}
        rows={rows.slice(0, 2)}
        rowKey={(row) => row.id}
        onOpen={(row) => opened.push(row.id)}
        empty={<p>Nothing here</p>}
      />
    </KeyboardProvider>,
  )
  await page.click(await page.get('button', 'Test row-1'))
  expect([tested, opened]).toEqual([['row-1'], []])
  await page.click(await page.get('gridcell', 'row-1'))
  expect([tested, opened]).toEqual([['row-1'], ['row-1']])
})
