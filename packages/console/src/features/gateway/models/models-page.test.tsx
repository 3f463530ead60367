import { afterEach, expect, test } from 'vitest'
import { openConsole } from '../../../testing/page.tsx'

let page: Awaited<ReturnType<typeof openConsole>> | undefined
afterEach(async () => page?.close())

test('the page opens with what does not answer, and a link reproduces the open connection', async () => {
  page = await openConsole('/gateway/models?connection=openai')
  const user = page
  await user.until(() => user.text().includes('azure did not answer the last test'))
  await user.until(() => user.text().includes('2 keys'))
  expect(user.text()).toContain('structured output')
  expect(user.text()).toContain('openai/gpt-5-mini')
})

test('a rotation is a key more, then a key less', async () => {
  page = await openConsole('/gateway/models?connection=openai')
  const user = page
  await user.click(await user.get('button', 'Add key'))
  await user.type(await user.get('textbox', 'API key'), 'sk-new-ABCD')
  await user.submit(document.querySelector('form')!)
  await user.until(() => user.text().includes('3 keys'))
  await user.click(await user.get('button', 'Remove key 9fK2'))
  await user.click(await user.get('button', 'Remove key'))
  await user.until(() => user.text().includes('2 keys'))
  expect(user.text()).toContain('…ABCD')
})

test('a new connection takes name and address of its provider, and is tested at once', async () => {
  page = await openConsole('/gateway/models?add=true')
  const user = page
  const name = await user.get('textbox', 'Name')
  expect((name as HTMLInputElement).value).toBe('openai')
  await user.type(name, 'Not a name')
  await user.until(() => user.text().includes('Use 1 to 64 lower-case letters'))
  await user.type(name, 'openai-eu')
  await user.type(await user.get('textbox', 'API key'), 'sk-eu-1234')
  await user.submit(document.querySelector('form')!)
  await user.until(() => user.text().includes('openai-eu answers'))
  expect(user.address()).toContain('connection=openai-eu')
  expect(user.text()).toContain('…1234')
})

test('the models have their prices, and can be found by name', async () => {
  page = await openConsole('/gateway/models?view=models')
  const user = page
  await user.until(() => user.text().includes('openai/gpt-5-mini'))
  expect(user.text()).toContain('$1.25')
  await user.type(await user.get('textbox', 'Find a model'), 'haiku')
  await user.until(() => !user.text().includes('openai/gpt-5-mini'))
  expect(user.text()).toContain('anthropic/claude-haiku-4-5')
})

test('models are found by what they can, and the link keeps it', async () => {
  page = await openConsole('/gateway/models?view=models')
  const user = page
  await user.click(await user.get('button', 'embeddings'))
  await user.until(() => !user.text().includes('claude-haiku'))
  expect(user.text()).toContain('openai/text-embedding-3-small')
  expect(user.address()).toContain('can=embeddings')
  await user.click(await user.get('button', 'tools'))
  await user.until(() => user.text().includes('No model meets all of this'))
})

test('the old address of the connections leads here', async () => {
  page = await openConsole('/settings/connections')
  const user = page
  await user.until(() => user.address().startsWith('/gateway/models'))
})

test('without a provider the page shows the command that connects one', async () => {
  page = await openConsole('/gateway/models', 'empty')
  const user = page
  await user.until(() => user.text().includes('No provider is connected yet'))
  expect(user.text()).toContain('ratchet connections add openai --key env:OPENAI_API_KEY')
})
