import { createMemoryHistory } from '@tanstack/react-router'
import { afterEach, expect, test } from 'vitest'
import { makeApp } from '../../app/make-app.tsx'
import { makeFakeFetch } from '../../testing/fake-api.ts'
import { fakeUuid } from '../../testing/fake-ids.ts'
import { fakeProject } from '../../testing/fake-project.ts'
import { draw, openConsole } from '../../testing/page.tsx'

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

test('a dialog gives the focus back to the button that opened it', async () => {
  page = await openConsole('/settings/keys')
  const user = page
  const button = await user.get('button', 'Create key')
  button.focus()
  await user.click(button)
  const name = await user.get('textbox', 'Name')
  await user.until(() => document.activeElement === name)
  await user.press('Escape', name)
  await user.until(() => user.find('textbox', 'Name') === undefined)
  await user.until(() => document.activeElement === button)
})

test('a form that is sent twice at once makes one key', async () => {
  const answer = makeFakeFetch(fakeProject('typical', new Date()))
  let made = 0
  const fetch: typeof globalThis.fetch = (input, init) => {
    if (init?.method === 'POST') made += 1
    return answer(input, init)
  }
  const history = createMemoryHistory({ initialEntries: ['/settings/keys?create=true'] })
  const { App } = makeApp({ baseUrl: '', fetch }, history)
  const user = await draw(<App />)
  page = { ...user, address: () => history.location.href }
  await user.type(await user.get('textbox', 'Name'), 'only-once')
  const form = document.querySelector('form')!
  form.requestSubmit()
  await user.submit(form)
  await user.get('button', 'I have copied the key')
  expect(made).toBe(1)
})

test('an opened key shows its month, its models and what is left of its own limits', async () => {
  page = await openConsole('/settings/keys')
  const user = page
  await user.until(() => user.text().includes('2 active keys, $'))
  await user.click(
    await user.until(() =>
      [...document.querySelectorAll('[role="row"]')].find((row) => row.textContent.includes('website')),
    ),
  )
  await user.until(() => user.address().includes('key='))
  await user.until(() => user.text().includes('expected at its end'))
  await user.until(() => user.text().includes('gpt-5-mini'))
  await user.until(() => user.text().includes('$8.90 of $10.00'))
  await user.until(() => user.text().includes('600 of 600'))
})

test('a search finds keys by name, and a link opens a key that the search leaves out', async () => {
  page = await openConsole('/settings/keys?q=nightly')
  const user = page
  await user.until(() => user.text().includes('1 active key found'))
  expect(user.find('button', 'Revoke website')).toBeUndefined()
  await page.close()
  page = await openConsole('/settings/keys?q=nightly&key=' + fakeUuid(60))
  const other = page
  await other.until(() => other.text().includes('$8.90 of $10.00'))
})
