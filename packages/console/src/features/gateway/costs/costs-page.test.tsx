import { createMemoryHistory } from '@tanstack/react-router'
import { afterEach, expect, test } from 'vitest'
import { makeApp } from '../../../app/make-app.tsx'
import { makeFakeFetch } from '../../../testing/fake-api.ts'
import { fakeProject } from '../../../testing/fake-project.ts'
import { draw, openConsole } from '../../../testing/page.tsx'

let page: Awaited<ReturnType<typeof openConsole>> | undefined
afterEach(async () => page?.close())

test('the page opens with this month, what is expected and its interval', async () => {
  page = await openConsole('/gateway/costs')
  const user = page
  await user.until(() => user.text().includes('expected at its end (90 %'))
  await user.until(() => user.text().includes('gpt-5-mini'))
  // 41 calls of this group have no price, so it cost at least what is shown.
  expect(user.text()).toContain('≥ $10.00')
})

test('a link reproduces the grouping, and calls without a user are called so', async () => {
  page = await openConsole('/gateway/costs?by=user')
  const user = page
  await user.until(() => user.text().includes('no user'))
  expect(user.text()).toContain('grace')
})

test('before there is a forecast, the budget is compared with what is spent', async () => {
  const answer = makeFakeFetch(fakeProject('typical', new Date()))
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await answer(input, init)
    if (!(input instanceof Request ? input.url : String(input)).includes('/api/v1/usage')) return response
    const usage = (await response.json()) as { total: object }
    return Response.json({ ...usage, total: { ...usage.total, costNano: 100e9, forecast: undefined } })
  }
  const { App } = makeApp({ baseUrl: '', fetch }, createMemoryHistory({ initialEntries: ['/gateway/costs'] }))
  const user = await draw(<App />)
  page = { ...user, address: () => '' }
  await user.until(() => user.text().includes('within the budget of $400.00 (25 %)'))
})
