import { afterEach, expect, test } from 'vitest'
import { openConsole } from '../../../testing/page.tsx'

let page: Awaited<ReturnType<typeof openConsole>> | undefined
afterEach(async () => page?.close())

test('the list says what guardrails do and where they apply', async () => {
  page = await openConsole('/gateway/guardrails')
  const user = page
  await user.until(() => user.text().includes('Redacts pii; Blocks on secrets'))
  expect(user.text()).toContain('injection on every request')
})

test('a tried text shows what was found, what goes on, and what was not run here', async () => {
  page = await openConsole('/gateway/guardrails?try=personal-data')
  const user = page
  await user.type(await user.get('textbox', 'Text'), 'Write to ada@example.com')
  await user.click(await user.get('button', 'Try text'))
  await user.until(() => user.text().includes('The text passes redacted'))
  expect(document.querySelector('mark')?.textContent).toContain('ada@example.com')
  expect(user.text()).toContain('Write to [EMAIL]')
  expect(user.text()).toContain('not run here')
  expect(user.address()).not.toContain('ada')
})

test('applying one to every request is a change like every other', async () => {
  page = await openConsole('/gateway/guardrails?guardrail=personal-data')
  const user = page
  await user.click(await user.get('switch', /every request/))
  await user.until(() => user.text().includes('Apply personal-data to every request'))
})

test('without guardrails the page says what one does', async () => {
  page = await openConsole('/gateway/guardrails', 'empty')
  const user = page
  await user.until(() => user.text().includes('No guardrails yet'))
})
