import { afterEach, expect, test } from 'vitest'
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

const asked = () =>
  Object.fromEntries(api?.calls.find(({ path }) => path.endsWith('/gateway/cache'))?.query ?? [])

const counts = {
  hits: 90,
  semanticHits: 10,
  misses: 100,
  bypasses: 5,
  savedNano: 1_500_000_000,
  savedMs: 90_000,
  checks: 4,
  disagreements: 1,
  hitRate: 0.5,
  agreement: 0.875,
}
const held = { memoryAnswers: 3, memoryBytes: 2_048, diskAnswers: 3, diskBytes: 3 * 1024 * 1024 }
const figures = {
  days: 7,
  gateways: 2,
  total: { ...counts, ...held },
  policies: [
    { policy: 'faq', mode: 'semantic', scope: 'project', ...counts, ...held },
    { policy: 'old', ...counts, hitRate: undefined, agreement: undefined, ...held },
  ],
  byDay: [],
  forgettings: [],
}

test('stats shows what each policy saved and keeps', async () => {
  const { code, stdout } = await cli(['cache', 'stats', '--days', '7'], {
    'GET /api/v1/gateway/cache': () => ({ json: figures }),
  })
  expect(code).toBe(0)
  expect(stdout).toMatch(
    /faq +semantic +90 +10 +100 +50\.0 % +\$1\.50 +1 min 30 s +87\.5 % +2\.0 KiB +3\.0 MiB/,
  )
  expect(stdout).toMatch(/old +removed .* –/)
  expect(stdout).toContain('In 7 days: 50.0 % answered from the cache, $1.50 and 1 min 30 s saved')
  expect(asked()).toEqual({ days: '7' })
})

test('stats without a cache says how to get one', async () => {
  const { stdout } = await cli(['cache', 'stats'], {
    'GET /api/v1/gateway/cache': () => ({ json: { ...figures, policies: [] } }),
  })
  expect(stdout).toContain('No cache is configured.')
})

test('clear forgets what its options say, and prints it as JSON when asked to', async () => {
  const at = '2026-11-21T12:00:00.000Z'
  const { code, stdout } = await cli(
    ['cache', 'clear', '--policy', 'faq', '--model', 'openai/gpt', '--key', '3f9a0c21', '--json'],
    { 'DELETE /api/v1/gateway/cache': () => ({ json: { policy: 'faq', author: 'ada', at } }) },
  )
  expect([code, JSON.parse(stdout)]).toEqual([0, { policy: 'faq', author: 'ada', at }])
  expect(asked()).toEqual({ policy: 'faq', model: 'openai/gpt', keyPrefix: '3f9a0c21' })
})

test('a policy that is not there is told with the way out, and ends with 1', async () => {
  const { code, stderr } = await cli(['cache', 'clear', '--policy', 'fap', '--yes'], {
    'DELETE /api/v1/gateway/cache': () => ({
      status: 404,
      json: { error: { code: 'not_found', message: 'No cache policy "fap". Did you mean "faq"?' } },
    }),
  })
  expect(code).not.toBe(0)
  expect(stderr).toContain('Did you mean "faq"?')
})
