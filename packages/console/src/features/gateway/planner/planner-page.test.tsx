import { afterEach, expect, test } from 'vitest'
import { openConsole } from '../../../testing/page.tsx'

let page: Awaited<ReturnType<typeof openConsole>> | undefined
afterEach(async () => page?.close())

const link =
  '/gateway/planner?from=typed&requests=5000&input=1200&inputP95=3000&output=300&models=openai/gpt-5,openai/gpt-5-mini'

test('a link brings the plan back: cheapest model, side by side, and what would save', async () => {
  page = await openConsole(link)
  const user = page
  await user.until(() => user.text().includes('a month on openai/gpt-5-mini'))
  expect(user.text()).toContain('(80 %) less than on openai/gpt-5')
  expect(user.text()).toContain('Shorter prompts')
  expect(user.text()).toContain('--input 1200/3000 --output 300/300')
  // 5,000 a day x (1,200 x $1.25 + 300 x $10) / 1M x 365 / 12.
  expect((await user.get('list', 'Cost of a month by model')).textContent).toContain('$684.38')
})

test('without anything the page teaches, and its example is a plan', async () => {
  page = await openConsole('/gateway/planner')
  const user = page
  await user.until(() => user.text().includes('Choose the models to compare'))
  await user.click(await user.get('button', 'Fill in an example'))
  await user.until(() => user.text().includes('a month on'))
  expect(user.address()).toContain('requests=5000')
})

test('what is typed changes the address, and a wrong value is named beside its field', async () => {
  page = await openConsole(link)
  const user = page
  await user.type(await user.get('textbox', /^Shorter prompts/), '140')
  await user.until(() => user.text().includes('“140” is not a number from 0 to 100 percent.'))
  expect(user.address()).toContain('shorten=140')
  await user.type(await user.get('textbox', /^Shorter prompts/), '50')
  await user.until(() => user.text().includes('by 50 %'))
})

test('what the server refuses is said with its reason, and removing the model brings the plan', async () => {
  page = await openConsole(`${link},ollama/qwen3:8b`)
  const user = page
  await user.until(() => user.text().includes('No price is known for the model "ollama/qwen3:8b"'))
  await user.click(await user.get('button', 'Remove ollama/qwen3:8b'))
  await user.until(() => user.text().includes('a month on openai/gpt-5-mini'))
})

test('without a model that has a price the page says how to get one', async () => {
  page = await openConsole('/gateway/planner', 'empty')
  const user = page
  await user.until(() => user.text().includes('No model has a known price yet'))
})
