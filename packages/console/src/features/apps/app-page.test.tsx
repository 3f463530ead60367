import { afterEach, expect, test } from 'vitest'
import { openConsole } from '../../testing/page.tsx'

let page: Awaited<ReturnType<typeof openConsole>> | undefined
afterEach(async () => page?.close())

test('what each environment serves comes first, and a file of the release is in the URL', async () => {
  page = await openConsole('/apps/docs-assistant')
  const user = page
  await user.until(
    () => /development\s*serves\s*r3/.test(user.text()) && /production\s*serves\s*r2/.test(user.text()),
  )
  await user.click(await user.get('button', /answer\.prompty/))
  await user.until(() => user.address().includes('file=prompts%2Fanswer.prompty'))
  await user.until(() => user.text().includes('You answer questions about Ratchet'))
})

test('deploying says what is served now and what takes over', async () => {
  page = await openConsole('/apps/docs-assistant?env=production')
  const user = page
  await user.click(await user.get('button', 'Deploy r3'))
  await user.until(() => user.text().includes('production serves r2 now; r3 takes over all at once.'))
  await user.click(await user.get('button', 'Deploy to production'))
  await user.until(() => user.text().includes('production serves r3'))
  await user.get('button', 'Undo')
})

test('an app that does not exist is named, with the request id', async () => {
  page = await openConsole('/apps/nothing')
  const user = page
  await user.until(() => user.text().includes('There is no app "nothing"'))
  expect(user.text()).toContain('req-test-1')
})
