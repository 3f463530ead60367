import type { BudgetEvent, LimitUse } from '@ratchet/contract'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { startFakeApi, type FakeApi } from '../../testing/fake-api.ts'
import { runTestCli } from '../../testing/test-io.ts'

let api: FakeApi | undefined
afterEach(async () => {
  await api?.stop()
  api = undefined
})

async function cli(args: string[], handlers: Parameters<typeof startFakeApi>[0]) {
  api = await startFakeApi(handlers)
  return runTestCli(args, { environment: { RATCHET_URL: api.url, RATCHET_KEY: 'rk_test_0123456789abcdef' } })
}

const nowMs = Date.UTC(2026, 10, 21, 12)
beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: nowMs })
})
afterAll(() => {
  vi.useRealTimers()
})
const soon = new Date(nowMs + 42_500).toISOString()
const far = new Date(nowMs + 10 * 86_400_000).toISOString()
const rate: LimitUse = {
  kind: 'limit',
  name: 'per-user',
  scope: 'user',
  subject: 'ada',
  unit: 'requests',
  used: 1_200,
  limit: 6_000,
  windowSeconds: 60,
  resetsAt: soon,
}
const budget: LimitUse = {
  kind: 'budget',
  name: 'team',
  scope: 'key',
  subject: 'k1',
  subjectName: 'website',
  unit: 'nano-dollars',
  used: 41e9,
  limit: 50e9,
  period: 'month',
  action: 'stop',
  resetsAt: far,
  projected: 61e9,
  projectedBy: 'weekdays',
}

test('limits list shows what is used of each limit over all pages', async () => {
  const result = await cli(['limits', 'list', '--name', 'per-user'], {
    'GET /api/v1/limits/use': ({ query }) =>
      query.get('cursor') === 'next'
        ? { json: { items: [{ ...rate, subject: 'grace', used: 0 }] } }
        : { json: { items: [rate], nextCursor: 'next' } },
  })
  expect(result.stdout.split('\n')).toEqual([
    'LIMIT     WHOSE        USED     OF  UNIT               FREE AGAIN',
    expect.stringMatching(/^per-user {2}user ada {4}1,200 {2}6,000 {2}requests per 60 s {2}in 43 s$/),
    'per-user  user grace      0  6,000  requests per 60 s',
    '',
  ])
  expect(api?.calls.at(-1)?.query.get('kind')).toBe('limit')
  expect(api?.calls.at(-1)?.query.get('name')).toBe('per-user')
})

test('budgets list shows spent, left and what is expected at the end of the period', async () => {
  const result = await cli(['budgets', 'list'], {
    'GET /api/v1/limits/use': () => ({
      json: {
        items: [budget, { ...budget, subject: '', scope: 'project', action: 'warn', projectedBy: 'rate' }],
      },
    }),
  })
  expect(result.stdout).toContain(
    `key website  $41.00         $50.00 a month  $9.00    $61.00  on ${far.slice(0, 10)}`,
  )
  expect(result.stdout).toContain('project      $41.00  $50.00 a month, warns  $9.00   ~$61.00')
})

test('budgets list says how many calls had no price, when some had none', async () => {
  const items = [
    { ...budget, unpricedCalls: 12 },
    { ...budget, name: 'other' },
  ]
  const result = await cli(['budgets', 'list'], { 'GET /api/v1/limits/use': () => ({ json: { items } }) })
  expect(result.stdout).toContain('NO PRICE')
  expect(result.stdout.match(/12 calls/g)).toHaveLength(1)
})

test('budgets list --json prints one document with every row', async () => {
  const result = await cli(['budgets', 'list', '--json'], {
    'GET /api/v1/limits/use': () => ({ json: { items: [budget] } }),
  })
  expect(JSON.parse(result.stdout)).toEqual({ items: [budget] })
})

test('budgets warnings lists what was reached when', async () => {
  const event: BudgetEvent = {
    id: '01900000-0000-7000-8000-000000000002',
    name: 'team',
    scope: 'project',
    subject: '',
    period: '2026-11',
    share: 0.8,
    spentNano: 40.1e9,
    limitNano: 50e9,
    at: new Date(Date.now() - 120_000).toISOString(),
  }
  const result = await cli(['budgets', 'warnings'], {
    'GET /api/v1/budgets/events': () => ({ json: { items: [event] } }),
  })
  expect(result.stdout).toContain('2 min ago  team    project  2026-11     80 %  $40.10 of $50.00')
})

test('an empty list says where limits and budgets are set', async () => {
  const empty = { 'GET /api/v1/limits/use': () => ({ json: { items: [] } }) }
  expect((await cli(['limits', 'list'], empty)).stdout).toContain('gateway.yaml, under "limits"')
  await api?.stop()
  const unknown = await cli(['budgets', 'list', '--name', 'x'], empty)
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no budget "x"') })
})

test('limits list shows a limit that nobody has used as one for each', async () => {
  const unused = { ...rate, subject: '', used: 0, resetsAt: undefined }
  const result = await cli(['limits', 'list'], {
    'GET /api/v1/limits/use': () => ({ json: { items: [unused] } }),
  })
  expect(result.stdout).toMatch(/per-user +each user +0 +6,000/)
})
