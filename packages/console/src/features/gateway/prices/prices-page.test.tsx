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
  expect(user.text()).toContain('4 prices of your own')
  expect(user.text()).toContain('above 200k $2.50 / $15.00, above 1M $5.00 / $30.00')
  expect(user.text()).toContain('above 200k $6.00 / $22.50')
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

test('a price of your own keeps the tiers of the list; tiers are added, removed and told what is wrong with them', async () => {
  page = await openConsole('/gateway/prices?model=anthropic%2Fclaude-sonnet-4-5')
  const user = page
  const above = (await user.get('textbox', 'Above input tokens')) as HTMLInputElement
  expect(above.value).toBe('200000')
  await user.click(await user.get('button', /Add tier/))
  await user.until(() => user.text().includes('Above: "" is no number of tokens'))
  const second = [...document.querySelectorAll('fieldset')].find((each) =>
    each.textContent.startsWith('Tier 2'),
  )
  const fields = second!.querySelectorAll('input')
  for (const [index, text] of ['500k', '9', '40'].entries()) await user.type(fields[index]!, text)
  await user.type(above, '300k')
  await user.submit(document.querySelector('form')!)
  await user.until(() => user.find('button', /Save version/))
  expect(user.text()).toMatch(/aboveInputTokens: 300000[\s\S]*aboveInputTokens: 500000/)
})

test('without its tiers a price is the same for all prompts', async () => {
  page = await openConsole('/gateway/prices?model=gemini%2F*')
  const user = page
  await user.click(await user.get('button', 'Remove tier 2'))
  await user.click(await user.get('button', 'Remove tier 1'))
  expect(user.find('textbox', 'Above input tokens')).toBeUndefined()
  await user.submit(document.querySelector('form')!)
  await user.until(() => user.find('button', /Save version/))
  expect(user.text()).toContain('tiers')
})
