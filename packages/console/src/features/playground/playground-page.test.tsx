import { afterEach, expect, test } from 'vitest'
import { openConsole } from '../../testing/page.tsx'

let page: Awaited<ReturnType<typeof openConsole>> | undefined
afterEach(async () => page?.close())

test('a question is answered with its sources, its figures and a way to its trace', async () => {
  page = await openConsole('/playground?model=app%2Fdocs-assistant')
  const user = page
  const input = await user.get('textbox', 'Question')
  await user.type(input, 'Which port does the gateway use?')
  await user.press('Enter', input)
  await user.until(() => user.text().includes('The gateway listens on port'))
  expect((await user.get('region', 'Sources')).textContent).toContain('Install › Ports')
  expect((await user.get('link', /Open trace/)).getAttribute('href')).toMatch(/^\/traces\/[0-9a-f]{32}/)
  expect(user.text()).toContain('812 in, 31 out')
})
