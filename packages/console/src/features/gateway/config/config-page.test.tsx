import { afterEach, expect, test } from 'vitest'
import { openConsole } from '../../../testing/page.tsx'

let page: Awaited<ReturnType<typeof openConsole>> | undefined
afterEach(async () => page?.close())

test('the page says which version is live, and what was changed since the file was applied', async () => {
  page = await openConsole('/gateway/config')
  const user = page
  await user.until(() => user.text().includes('Version 4 is live, 3 routes'))
  expect(user.text()).toContain('1 change since gateway.yaml, as ci applied it')
  await user.until(() => user.text().includes('name: support'))
  expect(user.find('button', 'Review changes')?.hasAttribute('data-disabled')).toBe(true)
  await user.click(await user.get('button', 'Open version 2'))
  expect(user.address()).toContain('version=2')
  await user.until(() => user.text().includes('What restoring it would change'))
})

test('without a configuration the page shows an example to write', async () => {
  page = await openConsole('/gateway/config', 'empty')
  const user = page
  await user.until(() =>
    user.text().includes('Nothing is configured yet: models are called by their own names'),
  )
  await user.until(() => user.text().includes('# Nothing is configured yet. For example:'))
})
