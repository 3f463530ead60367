import { afterEach, expect, test } from 'vitest'
import { openConsole } from '../../testing/page.tsx'

let page: Awaited<ReturnType<typeof openConsole>> | undefined
afterEach(async () => page?.close())

test('a trace opens beside the list, the next one is a key away, and the URL knows both', async () => {
  page = await openConsole('/traces')
  const user = page
  await user.until(() => user.text().includes('240 traces'))
  await user.get('row', /Which port/)
  await user.press('j')
  await user.press('Enter')
  await user.until(() => user.address().includes('trace='))
  const first = user.address()
  await user.until(() => document.querySelector('aside[aria-label="Trace"] [role="tree"]'))
  await user.press('j', document.body)
  await user.until(() => user.address() !== first)
  await user.press('Escape', document.body)
  await user.until(() => !user.address().includes('trace='))
})

test('a facet and the query are the same filter', async () => {
  page = await openConsole('/traces')
  const user = page
  await user.click(await user.get('checkbox', 'error'))
  await user.until(() => user.address().includes('q=status%3Aerror'))
  const input = await user.get('combobox', 'Trace query')
  expect((input as HTMLInputElement).value).toBe('status:error')
  await user.until(() => user.text().includes('22 traces'))
})

test('a link reproduces the open span', async () => {
  const { fakeTraces, fakeSpans } = await import('../../testing/fake-traces.ts')
  const trace = fakeTraces(1, new Date())[0]!
  const retrieve = fakeSpans(trace).find(({ type }) => type === 'retrieve')!
  page = await openConsole(`/traces?trace=${trace.traceId}&span=${retrieve.spanId}`)
  const user = page
  await user.until(() => document.querySelector('section[aria-label="Span find"]'))
})

test('an unknown trace says so and keeps the list', async () => {
  page = await openConsole(`/traces?trace=${'0'.repeat(32)}`)
  const user = page
  await user.until(() => user.text().includes('The trace could not be loaded'))
  expect(user.text()).toContain('req-test-1')
  await user.get('row', /Which port/)
})

test('without traces the page shows the command that makes one', async () => {
  page = await openConsole('/traces', 'empty')
  const user = page
  await user.until(() => user.text().includes('No traces in development in the last 7 days'))
  expect(user.text()).toContain('curl http://127.0.0.1:4701/v1/chat/completions')
})
