import { afterEach, expect, test } from 'vitest'
import { openConsole } from '../../../testing/page.tsx'

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
