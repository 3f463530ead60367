import { afterEach, expect, test } from 'vitest'
import { openConsole } from '../../../testing/page.tsx'

let page: Awaited<ReturnType<typeof openConsole>> | undefined
afterEach(async () => page?.close())

test('the page opens with what is used up and what will not last', async () => {
  page = await openConsole('/gateway/limits')
  const user = page
  await user.until(() => user.text().includes('website-rate used up'))
  expect(user.text()).toContain('all-of-it, each-key heading over the limit')
  expect(user.text()).toContain('$311.40 of $400.00')
})

test('a budget shows who uses most, where it is heading, and its warnings', async () => {
  page = await openConsole('/gateway/limits?open=budget/each-key')
  const user = page
  await user.until(() => user.text().includes('nightly-evaluations'))
  expect(user.text()).toContain('as fast as so far')
  await user.until(() => user.text().includes('None yet'))
})

test('a budget that does not know the cost of some calls says how many, and can be told to refuse them', async () => {
  page = await openConsole('/gateway/limits?open=budget/all-of-it')
  const user = page
  await user.until(() => user.text().includes('37 calls without a known price counted as nothing'))
  expect(user.text()).toContain('all-of-it without the cost of some calls')
  await user.click(await user.get('button', 'Edit budget'))
  await user.until(() => user.text().includes('Calls without a known price'))
})

test('a new budget is shown against what is live before it is saved', async () => {
  page = await openConsole('/gateway/limits?add=budget')
  const user = page
  await user.type(await user.get('textbox', 'Name'), 'november')
  await user.type(await user.get('textbox', 'US dollars'), '25')
  await user.until(() => user.text().includes('$25.00 per month, for the project.'))
  await user.submit(document.querySelector('form')!)
  await user.until(() => user.find('button', 'Save version 5'))
  expect(user.text()).toContain('limitUsd: 25')
  await user.click(await user.get('button', 'Save version 5'))
  await user.until(() => user.text().includes('3 budgets'))
})

test('without limits the page says what they are for', async () => {
  page = await openConsole('/gateway/limits', 'empty')
  const user = page
  await user.until(() => user.text().includes('Nothing is limited yet'))
})

test('an amount that cannot be says so at its field', async () => {
  page = await openConsole('/gateway/limits?add=limit')
  const user = page
  await user.type(await user.get('textbox', 'Name'), 'fine')
  const amount = await user.get('textbox', 'At most')
  await user.type(amount, '-5')
  await user.until(() => user.text().includes('From 0 to 1T.'))
  await user.type(amount, '5')
  await user.until(() => !user.text().includes('From 0 to'))
})
