import { afterEach, expect, test } from 'vitest'
import { openConsole } from '../../../testing/page.tsx'

let page: Awaited<ReturnType<typeof openConsole>> | undefined
afterEach(async () => page?.close())

test('the list says which targets fail, and what routes saved', async () => {
  page = await openConsole('/gateway/routes')
  const user = page
  await user.until(() => user.text().includes('1 of 3 open'))
  expect(user.text()).toContain('3 routes, 1,595 calls in the last hour, 0.75 % failed')
  expect(user.text()).toContain('1 rule, 2 targets by weight')
})

test('a target whose breaker is open says so, with when it is tried again and on how many gateways', async () => {
  page = await openConsole('/gateway/routes/chat')
  const user = page
  const table = await user.get('grid', 'Targets')
  await user.until(() => table.textContent.includes('open on 1 of 2, again in '))
  expect(user.text()).toContain('2 gateways reported in the last seconds, 7 calls running; gateway-2 drains')
})

test('a change is shown before it is saved, with what it replaces', async () => {
  page = await openConsole('/gateway/routes/support?edit=form')
  const user = page
  await user.type(await user.get('textbox', 'Weight of target 1'), '4')
  await user.click(await user.get('button', 'Review changes'))
  await user.until(() => user.find('button', 'Save version 5'))
  expect(user.text()).toContain('weight: 9')
  expect(user.text()).toContain('weight: 4')
  await user.click(await user.get('button', 'Save version 5'))
  await user.until(() => user.text().includes('Version 5 is live'))
  expect(user.address()).toBe('/gateway/routes/support')
})

test('when somebody else has saved, the change is applied to what is there now', async () => {
  page = await openConsole('/gateway/routes/chat?edit=form')
  const user = page
  await user.type(await user.get('textbox', 'Connect, ms'), '800')
  await user.click(await user.get('button', 'Review changes'))
  await user.type(await user.get('textbox', /^Note/), 'Conflict')
  await user.click(await user.get('button', 'Save version 5'))
  await user.until(() => user.text().includes('written by grace'))
  await user.click(await user.get('button', 'Apply my change to the newest version'))
  await user.click(await user.get('button', 'Save version 6'))
  await user.until(() => user.text().includes('Version 6 is live'))
})

test('an earlier version shows what restoring it would change', async () => {
  page = await openConsole('/gateway/routes?history=true&version=2')
  const user = page
  await user.until(() => user.text().includes('What restoring it would change'))
  expect(user.text()).toContain('route chat')
  await user.click(await user.get('button', 'Restore version 2'))
  await user.click(await user.get('button', 'Save version 5'))
  await user.until(() => user.text().includes('2 routes'))
})

test('a new route begins with a name and one target', async () => {
  page = await openConsole('/gateway/routes?add=true', 'empty')
  const user = page
  await user.type(await user.get('textbox', /^Name/), 'a name')
  await user.until(() => user.text().includes('use 1 to 100 letters'))
  expect(user.find('button', 'Review changes')?.hasAttribute('data-disabled')).toBe(true)
})

test('without routes the page says what one is and how to make it', async () => {
  page = await openConsole('/gateway/routes', 'empty')
  const user = page
  await user.until(() => user.text().includes('No routes yet'))
  expect(user.text()).toContain('npx ratchet apply -f gateway.yaml')
})

test('a route that is gone says so', async () => {
  page = await openConsole('/gateway/routes/nothing')
  const user = page
  await user.until(() => user.text().includes('There is no route nothing'))
})
