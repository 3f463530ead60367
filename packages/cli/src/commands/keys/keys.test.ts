import { gatewayConfig } from '@ratchet/contract'
import { afterEach, expect, test } from 'vitest'
import { startFakeApi, type FakeApi } from '../../testing/fake-api.ts'
import { runTestCli } from '../../testing/test-io.ts'

let api: FakeApi | undefined
afterEach(async () => {
  await api?.stop()
  api = undefined
})

async function cli(args: string[], handlers: Parameters<typeof startFakeApi>[0]) {
  await api?.stop()
  api = await startFakeApi(handlers)
  return runTestCli(args, { environment: { RATCHET_URL: api.url, RATCHET_KEY: 'rk_test_0123456789abcdef' } })
}

const at = '2026-11-21T12:00:00.000Z'
const idOf = (index: number) => `01900000-0000-7000-8000-00000000000${index}`
const keyOf = (name: string, index: number) => ({
  id: idOf(index),
  name,
  preview: `rk_${name}_…`,
  environment: 'staging',
  scopes: ['model:invoke'],
  createdBy: 'test',
  createdAt: at,
  state: 'active',
})
const keys = { items: [keyOf('site', 1), keyOf('idle', 2)] }
const figures = {
  requests: 120,
  errors: 3,
  retries: 0,
  inputTokens: 10,
  cachedInputTokens: 0,
  outputTokens: 5,
  costNano: 1.5e9,
  unknownCost: 0,
  savedNano: 0,
}
const traces = { query: 'type:llm', from: at, to: at }
const usageBy = (by: string, value: string) => ({
  from: at,
  to: at,
  by: [by],
  total: { ...figures, traces },
  groupCount: 1,
  groups: [{ values: [value], ...figures, traces }],
})
const config = gatewayConfig.parse({
  limits: [
    { name: 'rate', scope: 'key', measure: 'requests', limit: 60 },
    { name: 'of-another', scope: 'key', match: 'idle', measure: 'requests', limit: 5 },
  ],
  budgets: [
    { name: 'each-key', scope: 'key', period: 'day', limitUsd: 2 },
    { name: 'all', scope: 'project', period: 'day', limitUsd: 9 },
  ],
})
const use = {
  kind: 'budget',
  name: 'each-key',
  scope: 'key',
  subject: idOf(1),
  unit: 'nano-dollars',
  used: 1.9e9,
  limit: 2e9,
  period: 'day',
  action: 'stop',
}
const handlers = {
  'GET /api/v1/keys': () => ({ json: keys }),
  'GET /api/v1/usage': ({ query }: { query: URLSearchParams }) => ({
    json: query.get('by') === 'key' ? usageBy('key', idOf(1)) : usageBy('model', 'gpt-5'),
  }),
  'GET /api/v1/gateway/config': () => ({ json: { version: 3, config, author: 'test', note: '', at } }),
  'GET /api/v1/limits/use': () => ({ json: { items: [use] } }),
}

test('keys list says what each key spent this month; one that spent nothing spent zero', async () => {
  const { stdout } = await cli(['keys', 'list'], handlers)
  expect(stdout).toMatch(/site .*\$1\.50/)
  expect(stdout).toMatch(/idle .*\$0 /)
})

test('keys list works for a caller who may not see what is spent', async () => {
  const forbidden = { error: { code: 'forbidden', message: 'Not yours.' } }
  const result = await cli(['keys', 'list', '--json'], {
    ...handlers,
    'GET /api/v1/usage': () => ({ status: 403, json: forbidden }),
  })
  expect(JSON.parse(result.stdout)).toEqual(keys)
})

test('keys show has the month of a key and what it used of its own limits and budgets', async () => {
  const { stdout, code } = await cli(['keys', 'show', 'site'], handlers)
  expect(code).toBe(0)
  expect(stdout).toContain('This month: 120 calls, $1.50')
  expect(stdout).toMatch(/gpt-5 +120 +\$1\.50/)
  expect(stdout).toMatch(/budget each-key +\$1\.90 +\$2\.00/)
  expect(stdout).toMatch(/limit rate +nothing now/)
  expect(stdout).not.toContain('of-another')
  expect(stdout).not.toContain('budget all')
  const asked = api?.calls.find(({ path }) => path === '/api/v1/limits/use')
  expect([asked?.query.get('scope'), asked?.query.get('subject')]).toEqual(['key', idOf(1)])
})

test('keys show of a name that no key has says which there are', async () => {
  const result = await cli(['keys', 'show', 'sight'], handlers)
  expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('Active keys: site, idle.') })
})

test('usage of a key takes its name', async () => {
  await cli(['usage', '--key', 'site'], handlers)
  expect(api?.calls.at(-1)?.query.get('key')).toBe(idOf(1))
  await cli(['usage', '--key', 'runner'], handlers)
  expect(api?.calls.at(-1)?.query.get('key')).toBe('runner')
})
