import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import {
  createConnection,
  getGatewayConfig,
  listEvaluations,
  listTraces,
  putGatewayConfig,
} from '@ratchet/contract'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser } from './support/open-browser.ts'
import { startRatchet, waitFor, type RunningRatchet } from './support/start-ratchet.ts'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const pages = [
  '/',
  '/apps',
  '/apps/docs-assistant',
  '/playground',
  '/traces',
  '/evaluations',
  '/gateway/models',
  '/gateway/routes',
  '/gateway/limits',
  '/gateway/guardrails',
  '/gateway/cache',
  '/gateway/config',
  '/gateway/costs',
  '/gateway/prices',
  '/gateway/planner',
  '/jobs',
  '/settings/keys',
  '/settings/connections',
  '/settings/system',
]

let ratchet: RunningRatchet
let browser: Browser
let context: BrowserContext
let page: Page
const problems: string[] = []

beforeAll(async () => {
  ratchet = await startRatchet({ args: ['--sample'] })
  await waitFor(
    'the sample evaluation is done',
    async () => {
      const { items } = await ratchet.client.call(listEvaluations, { query: {} })
      return items.some((evaluation) => evaluation.state === 'done') || undefined
    },
    200_000,
  )
  browser = await openBrowser()
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  page = await context.newPage()
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  const link = /http:\/\/\S+\/open\?token=\S+/.exec(ratchet.output())?.[0]
  if (!link) throw new Error(`no console link was printed:\n${ratchet.output()}`)
  await page.goto(link)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
})

afterAll(async () => {
  await browser?.close()
  await ratchet?.stop()
})

async function open(path: string): Promise<void> {
  await page.goto(`${ratchet.url}${path}`)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.waitForLoadState('networkidle').catch(() => undefined)
}

async function seriousViolations(): Promise<string[]> {
  // Half-way to another theme, colours are nobody's.
  await page.evaluate(
    'Promise.allSettled(document.getAnimations().filter((each) => each instanceof CSSTransition).map((each) => each.finished))',
  )
  // Through the driver, not as a script element: the console's content security policy stays as users have it.
  await page.evaluate(axeSource)
  const found = await page.evaluate(() =>
    (
      globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> }
      }
    ).axe.run(),
  )
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)
}

describe.each(pages)('%s has no serious accessibility problem', (path) => {
  beforeAll(() => open(path))

  test.each(['light', 'dark'] as const)('in the %s theme', async (colorScheme) => {
    await page.emulateMedia({ colorScheme })
    expect(await seriousViolations()).toEqual([])
  })
})

test.each(pages)('%s fits a phone without scrolling sideways', async (path) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await open(path)
  const overflow = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  )
  await page.setViewportSize({ width: 1440, height: 900 })
  expect(overflow).toBe(0)
})

test('a question in the playground streams an answer with its sources and leads to its trace', async () => {
  await open('/playground?model=app%2Fdocs-assistant')
  await page.getByRole('textbox', { name: 'Question' }).fill('Which port does the gateway use?')
  await page.keyboard.press('Enter')
  await page.getByText('4701').first().waitFor()
  await page.getByRole('region', { name: 'Sources' }).getByRole('listitem').first().waitFor()
  await page.getByRole('main').getByRole('link', { name: /trace/i }).first().click()
  await page.waitForURL(/\/traces/)
  await page.getByText('find', { exact: true }).first().waitFor()
})

test('j, Enter and Escape walk the traces, and the URL brings the same trace back', async () => {
  const { items } = await ratchet.client.call(listTraces, { query: { limit: 5 } })
  expect(items.length).toBeGreaterThan(0)
  await open('/traces')
  await page.getByRole('row').nth(1).waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.waitForURL(/[0-9a-f]{32}/)
  const url = page.url()
  await page.reload()
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  expect(page.url()).toBe(url)
  await page.keyboard.press('Escape')
  await page.waitForURL((next) => !/[0-9a-f]{32}/.test(next.href))
})

test('the command palette opens with Ctrl+K and goes to a page', async () => {
  await open('/')
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').getByRole('combobox').fill('evaluations')
  await page
    .getByRole('option', { name: /evaluations/i })
    .first()
    .waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/evaluations/)
})

test('a key is shown once and can be revoked', async () => {
  await page.goto(`${ratchet.url}/settings/keys?create=true`)
  await page.getByRole('dialog').getByRole('textbox', { name: /name/i }).fill('browser test')
  await page
    .getByRole('button', { name: /create/i })
    .last()
    .click()
  await page
    .getByText(/rk_[A-Za-z0-9]+_\S{16,}/)
    .first()
    .waitFor()
  await open('/settings/keys')
  await page.getByText('browser test').first().waitFor()
  expect(await page.getByText(/rk_[A-Za-z0-9]+_[A-Za-z0-9_-]{16,}/).count()).toBe(0)
})

test('the cost planner compares models on recorded calls, and its address brings the plan back', async () => {
  // Prices of its models are known without asking the provider.
  await ratchet.client.call(createConnection, {
    body: { name: 'openai', provider: 'openai', apiKey: 'sk-none' },
  })
  await open('/gateway/costs')
  await page.getByRole('button', { name: 'Plan ahead' }).click()
  await page.waitForURL(/\/gateway\/planner/)
  for (const name of ['openai/gpt-5', 'openai/gpt-5-mini']) {
    await page.getByRole('combobox', { name: 'Add a model' }).fill(name)
    await page.getByRole('option', { name, exact: false }).first().waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: `Remove ${name}`, exact: true }).waitFor()
  }
  await page.getByText(/less than on openai\/gpt-5$/).waitFor()
  await page.getByText(/from \d+ recorded calls/).waitFor()
  await page.getByRole('textbox', { name: 'Shorter prompts, %' }).fill('50')
  await page.getByText('by 50 %').waitFor()
  await page.reload()
  await page.getByText('by 50 %').waitFor()
  await expect.poll(() => page.getByRole('row').count()).toBe(3)
  expect(await seriousViolations()).toEqual([])
  await page.getByRole('textbox', { name: 'Shorter prompts, %' }).fill('150')
  await page.getByText('“150” is not a number from 0 to 100 percent.').first().waitFor()
})

test('the configuration is edited as text: a slip is named with its line, a change is shown before it is saved', async () => {
  await open('/gateway/config')
  const editor = page.getByRole('textbox', { name: 'Configuration of the gateway' })
  await editor.fill('routes:\n  - name: chat\n    tragets:\n      - model: offline/extractive\n')
  await page.getByRole('list', { name: 'Problems' }).getByText('Did you mean "targets"?').first().waitFor()
  await page.getByRole('button', { name: 'line 3' }).first().click()
  await editor.fill('routes:\n  - name: chat\n    targets:\n      - model: offline/extractive\n')
  await page.getByRole('button', { name: 'Review changes' }).click()
  await page.getByRole('dialog').getByText('added').first().waitFor()
  await page.getByRole('button', { name: /^Save version \d+$/ }).click()
  await page
    .getByText(/Version \d+ is live/)
    .first()
    .waitFor()
  const { version, config, lastApplied } = await ratchet.client.call(getGatewayConfig)
  expect(config.routes.map(({ name }) => name)).toEqual(['chat'])
  expect(lastApplied).toBeUndefined()
  await ratchet.client.call(putGatewayConfig, {
    body: { baseVersion: version, config: { ...config, routes: [] }, file: 'gateway.yaml' },
  })
  await ratchet.client.call(putGatewayConfig, { body: { baseVersion: version + 1, config } })
  // With a cache policy there is one to be the default.
  const caches = [{ name: 'answers', mode: 'exact' as const }]
  await ratchet.client.call(putGatewayConfig, {
    body: { baseVersion: version + 2, config: { ...config, caches } as never },
  })
  await open('/gateway/cache')
  await page.getByRole('combobox', { name: 'Default policy' }).click()
  await page.getByRole('option', { name: 'Default: answers' }).click()
  await page.getByRole('button', { name: `Save version ${String(version + 4)}` }).click()
  await page
    .getByText(/Version \d+ is live/)
    .first()
    .waitFor()
  await open('/gateway/config')
  await page.getByRole('region', { name: 'Drift' }).getByText('3 changes since gateway.yaml').waitFor()
  expect(await seriousViolations()).toEqual([])
})

test('no page wrote an error to the browser console', () => {
  expect(problems).toEqual([])
})
