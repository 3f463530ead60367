import { afterEach, expect, test } from 'vitest'
import { fakeUuid } from '../../../testing/fake-ids.ts'
import { openConsole } from '../../../testing/page.tsx'

let page: Awaited<ReturnType<typeof openConsole>> | undefined
afterEach(async () => page?.close())

test('two ticked runs are compared with the older as baseline, and the verdict comes first', async () => {
  page = await openConsole('/evaluations')
  const user = page
  await user.get('row', /docs-quality/)
  const boxes = await user.until(() => {
    const found = document.querySelectorAll('[role="checkbox"]')
    return found.length >= 3 ? [...found] : undefined
  })
  await user.click(boxes[1]!)
  await user.click(boxes[2]!)
  await user.click(await user.get('button', 'Compare 2 runs'))
  await user.until(() => user.address().includes(`a=${fakeUuid(102)}`))
  expect(user.address()).toContain(`b=${fakeUuid(101)}`)
  await user.get('heading', '2 metrics better, 1 worse, 2 without a clear difference')
})

test('a changed item opens with both answers as one diff', async () => {
  page = await openConsole(`/evaluations/compare?a=${fakeUuid(102)}&b=${fakeUuid(101)}&item=ports-1`)
  const user = page
  await user.until(() => document.querySelector('aside ins'))
  expect(document.querySelector('aside del')?.textContent).toContain('Set RATCHET_GATEWAY_PORT')
})
