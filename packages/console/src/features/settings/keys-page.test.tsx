import { afterEach, expect, test } from 'vitest'
import { openConsole } from '../../testing/page.tsx'

let page: Awaited<ReturnType<typeof openConsole>> | undefined
afterEach(async () => page?.close())

test('a new key is shown once and is gone when the dialog closes', async () => {
  page = await openConsole('/settings/keys?create=true')
  const user = page
  await user.type(await user.get('textbox', 'Name'), 'website')
  await user.submit(document.querySelector('form')!)
  const secret = await user.until(() => /rk_Ab12Cd34_[0-9a-f]{40}/.exec(user.text())?.[0])
  expect(user.text()).toContain('cannot be shown again')
  await user.click(await user.get('button', 'I have copied the key'))
  await user.until(() => !user.text().includes(secret))
  expect(user.address()).not.toContain('create')
})

test('revoking asks first, because it cannot be undone', async () => {
  page = await openConsole('/settings/keys')
  const user = page
  await user.click(await user.get('button', 'Revoke website'))
  await user.until(() => user.text().includes('cannot be undone'))
  await user.click(await user.get('button', 'Revoke key'))
  await user.until(() => user.text().includes('website is revoked'))
})
