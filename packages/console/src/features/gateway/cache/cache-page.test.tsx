import { afterEach, expect, test } from 'vitest'
import { openConsole } from '../../../testing/page.tsx'

let page: Awaited<ReturnType<typeof openConsole>> | undefined
afterEach(async () => page?.close())

test('the page opens with what the cache saved', async () => {
  page = await openConsole('/gateway/cache')
  const user = page
  await user.until(() => user.text().includes('40 % of requests answered from the cache'))
  expect(user.text()).toContain('$4.20')
})

test('clearing says what goes, and is listed afterwards', async () => {
  page = await openConsole('/gateway/cache?clear=true')
  const user = page
  await user.type(await user.get('textbox', /^Key begins/), 'xyz')
  await user.until(() => user.text().includes('Give 4 to 64 lower-case hex digits'))
  await user.type(await user.get('textbox', /^Key begins/), 'ab12')
  await user.click(await user.get('button', 'Clear these answers'))
  await user.until(() => user.text().includes('keys that begin with ab12'))
  expect(user.address()).toBe('/gateway/cache')
})

test('without policies the page says how one is made', async () => {
  page = await openConsole('/gateway/cache', 'empty')
  const user = page
  await user.until(() => user.text().includes('No answers are kept yet'))
  expect(user.text()).toContain('under caches in gateway.yaml')
})
