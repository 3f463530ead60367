import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { startFakeApi, type FakeApi } from '../../testing/fake-api.ts'
import { runTestCli } from '../../testing/test-io.ts'

let api: FakeApi | undefined
// What is told in seconds from now is not to depend on how long this takes.
beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 21, 12) })
})
afterAll(() => {
  vi.useRealTimers()
})
afterEach(async () => {
  await api?.stop()
  api = undefined
})

async function cli(args: string[], handler: Parameters<typeof startFakeApi>[0][string]) {
  api = await startFakeApi({ 'GET /api/v1/gateway/state': handler })
  return runTestCli(args, { environment: { RATCHET_URL: api.url, RATCHET_KEY: 'rk_test_0123456789abcdef' } })
}

const process = (name: string) => ({
  name,
  instance: '01990000-0000-7000-8000-000000000001',
  isDraining: name !== 'gateway',
  activeRequests: 12,
  reportedAt: new Date().toISOString(),
})
const target = (model: string, more: object = {}) => ({
  connection: 'openai',
  model,
  state: 'closed',
  gateways: { open: 0, halfOpen: 0, closed: 2 },
  inFlight: 3,
  openings: 0,
  ...more,
})

test('the worst state of each target stands with how many gateways share it, and when it is asked again', async () => {
  const open = {
    state: 'open',
    gateways: { open: 1, halfOpen: 0, closed: 1 },
    retryAt: new Date(Date.now() + 8_500).toISOString(),
    reason: '5 failures in a row, the last: timeout',
  }
  const pages: Record<string, object> = {
    first: { items: [target('gpt-5', open)], nextCursor: '2openai/a' },
    '2openai/a': { items: [target('gpt-5-mini')] },
  }
  const { code, stdout } = await cli(['gateway', 'state'], () => {
    const cursor = api?.calls.at(-1)?.query.get('cursor') ?? 'first'
    const keys = [{ connection: 'openai', id: 'k7', isRefused: true, gateways: 1 }]
    return { json: { gateways: [process('gateway'), process('gateway-2')], keys, ...pages[cursor] } }
  })
  expect(code).toBe(0)
  expect(stdout).toMatch(/gateway-2 +draining +12/)
  expect(stdout).toMatch(/openai\/gpt-5 +open \(1 of 2\) +in 9 s +3 +5 failures in a row/)
  expect(stdout).toMatch(/openai\/gpt-5-mini +closed/)
  expect(stdout).toMatch(/openai +k7 +refused/)
})

test('--json prints one document, and filters are asked of the server', async () => {
  const json = { gateways: [process('gateway')], items: [target('gpt-5')], keys: [] }
  const { stdout } = await cli(['gateway', 'state', '--state', 'closed', '-c', 'openai', '--json'], () => ({
    json,
  }))
  expect(JSON.parse(stdout)).toEqual(json)
  expect(Object.fromEntries(api?.calls.at(-1)?.query ?? [])).toMatchObject({
    state: 'closed',
    connection: 'openai',
  })
})

test('without a gateway that reports it says where to look', async () => {
  const { stdout } = await cli(['gateway', 'state'], () => ({ json: { gateways: [], items: [], keys: [] } }))
  expect(stdout).toContain('No gateway has reported in the last half minute. See: ratchet status')
})
