import { afterEach, expect, test } from 'vitest'
import { startFakeApi, type FakeApi } from '../../testing/fake-api.ts'
import { runTestCli } from '../../testing/test-io.ts'

let api: FakeApi | undefined
afterEach(async () => {
  await api?.stop()
  api = undefined
})

async function cli(args: string[]) {
  api = await startFakeApi({ 'POST /api/v1/cost-plans': () => ({ json: plan }) })
  return runTestCli(['plan', 'cost', ...args], {
    environment: { RATCHET_URL: api.url, RATCHET_KEY: 'rk_test_0123456789abcdef' },
  })
}

const plan = {
  traffic: {
    recordedCalls: 4000,
    requestsPerDay: 571.4,
    meanInputTokens: 1000,
    meanOutputTokens: 100,
    cacheableShare: 0.25,
    peakFactor: 3,
    peakRequestsPerSecond: 0.02,
    repeatShare: 0.12,
  },
  models: [
    {
      name: 'openai/large',
      monthNano: 78e9,
      interval: { low: 71e9, high: 85e9 },
      nanoPerRequest: 4_500_000,
      peakConcurrency: 1.2,
      savings: [
        { change: 'shorter-prompts', savedNano: 10e9 },
        { change: 'prompt-cache', savedNano: 12e9 },
        { change: 'response-cache', savedNano: 9e9 },
      ],
      savedByModelNano: 0,
    },
  ],
}

test('a plan shows the month with its interval, calls at once and what changes would save', async () => {
  const { stdout, code } = await cli([
    '--from-traces',
    'app:docs',
    '--models',
    'openai/large',
    '--shorten',
    '15',
  ])
  expect(code).toBe(0)
  expect(stdout.split('\n').slice(0, 4)).toEqual([
    'MODEL         A MONTH  95 %             AT ONCE  SHORTER  PROMPT CACHE  CACHE  THIS MODEL',
    'openai/large   $78.00  $71.00 … $85.00        2   $10.00        $12.00  $9.00          $0',
    '',
    '571 requests a day (from 4,000 recorded calls), 1,000 tokens in and 100 out on average. 12 % repeat an earlier call.',
  ])
  expect(api?.calls.at(-1)?.body).toMatchObject({
    traffic: { fromTraces: { query: 'app:docs' } },
    models: ['openai/large'],
    shortenBy: 0.15,
  })
})

test('typed traffic is sent as it was written, and what is missing is named', async () => {
  const typed = [
    '--requests-per-day',
    '5000',
    '--input',
    '1200/3000',
    '--output',
    '300',
    '--models',
    'a/b, a/c',
  ]
  expect(JSON.parse((await cli([...typed, '--json'])).stdout)).toEqual(plan)
  expect(api?.calls.at(-1)?.body).toMatchObject({
    traffic: {
      requestsPerDay: 5000,
      inputTokens: { mean: 1200, p95: 3000 },
      outputTokens: { mean: 300, p95: 300 },
    },
    models: ['a/b', 'a/c'],
  })
  await api?.stop()
  const missing = await cli(['--models', 'a/b'])
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('Say what traffic to plan for')])
})
