import { type ReactElement, useState } from 'react'
import { afterEach, expect, test } from 'vitest'
import { draw, type Page } from '../../testing/page.tsx'
import { KeyboardProvider } from '../keyboard/keyboard-provider.tsx'
import { QueryBar } from './query-bar.tsx'
import type { QueryField } from './query-terms.ts'

const fields: readonly QueryField[] = [
  {
    name: 'status',
    about: 'how it ended',
    kind: 'text',
    example: 'status:error',
    values: [
      { value: 'error', count: 12 },
      { value: 'ok', count: 300 },
    ],
  },
  { name: 'latency', about: 'time taken', kind: 'number', example: 'latency>2s' },
]

let page: Page | undefined
afterEach(async () => page?.close())

function Harness(props: { readonly applied: string[] }): ReactElement {
  const [query, setQuery] = useState('')
  const apply = (next: string): void => {
    props.applied.push(next)
    setQuery(next)
  }
  return (
    <KeyboardProvider>
      <QueryBar label="Query" value={query} onApply={apply} fields={fields} />
      <button type="button" onClick={() => setQuery('status:ok')}>
        Facet
      </button>
    </KeyboardProvider>
  )
}

async function open(applied: string[] = []) {
  const opened = await draw(<Harness applied={applied} />)
  page = opened
  return { page: opened, input: await opened.get('combobox', 'Query') }
}

test('a slash focuses it, Enter applies what was typed', async () => {
  const applied: string[] = []
  const { page: user, input } = await open(applied)
  await user.press('/')
  expect(document.activeElement).toBe(input)
  await user.type(input, 'latency>2s ')
  await user.press('Enter')
  expect(applied).toEqual(['latency>2s'])
})

test('values are suggested with their counts, Tab takes the first', async () => {
  const applied: string[] = []
  const { page: user, input } = await open(applied)
  await user.type(input, 'status:e')
  expect((await user.get('option', /error/)).textContent).toContain('12')
  await user.press('Tab')
  expect((input as HTMLInputElement).value).toBe('status:error ')
  await user.press('Enter')
  expect(applied).toEqual(['status:error'])
})

test('a query with a problem is not applied and says what is wrong', async () => {
  const applied: string[] = []
  const { page: user, input } = await open(applied)
  await user.type(input, 'statsu:error ')
  await user.press('Enter')
  expect(applied).toEqual([])
  expect(user.text()).toContain('There is no field "statsu"')
})

test('a filter chosen elsewhere shows up in the text', async () => {
  const { page: user, input } = await open()
  await user.click(await user.get('button', 'Facet'))
  expect((input as HTMLInputElement).value).toBe('status:ok')
})
