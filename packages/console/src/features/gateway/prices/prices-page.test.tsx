import { afterEach, expect, test } from 'vitest'
import { openConsole } from '../../../testing/page.tsx'

let page: Awaited<ReturnType<typeof openConsole>> | undefined
afterEach(async () => page?.close())

test('prices tell where they come from, and which models have none', async () => {
  page = await openConsole('/gateway/prices')
  const user = page
  await user.until(() => user.text().includes('without a price'))
  expect(user.text()).toContain('price list of 2026-11-01')
  expect(user.text()).toContain('picture $0.04, hd/1024x1024 $0.08')
  expect(user.text()).toContain('3 prices of your own')
})

test('a price of your own begins with the list’s, and is shown against what is live before it is saved', async () => {
  page = await openConsole('/gateway/prices?model=openai%2Fgpt-5')
  const user = page
  const search = await user.get('textbox', 'Search')
  expect(((await user.get('textbox', 'Input')) as HTMLInputElement).value).toBe('1.25')
  await user.type(search, '0.02')
  await user.submit(document.querySelector('form')!)
  await user.until(() => user.find('button', /Save version/))
  expect(user.text()).toContain('searchUsd: 0.02')
})

test('a pattern gets a price when its name and a price are there', async () => {
  page = await openConsole('/gateway/prices?add=true')
  const user = page
  await user.type(await user.get('textbox', 'Model'), 'ollama/*')
  await user.type(await user.get('textbox', 'Input'), '0')
  await user.until(() => user.text().includes('give inputUsd and outputUsd together'))
  await user.type(await user.get('textbox', 'Output'), '0')
  await user.submit(document.querySelector('form')!)
  await user.until(() => user.find('button', /Save version/))
  expect(user.text()).toContain('ollama/*')
})
