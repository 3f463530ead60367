import { afterEach, expect, test } from 'vitest'
import { startFakeApi, type FakeApi } from '../../testing/fake-api.ts'
import { runTestCli } from '../../testing/test-io.ts'

let api: FakeApi | undefined
afterEach(async () => {
  await api?.stop()
  api = undefined
})

async function cli(args: string[], answer: object) {
  api = await startFakeApi({ 'GET /api/v1/usage': () => ({ json: answer }) })
  return runTestCli(args, { environment: { RATCHET_URL: api.url, RATCHET_KEY: 'rk_test_0123456789abcdef' } })
}

const figures = {
  requests: 1200,
  errors: 3,
  retries: 1,
  inputTokens: 90_000,
  cachedInputTokens: 0,
  outputTokens: 12_000,
  costNano: 1.5e9,
  unknownCost: 0,
  savedNano: 0,
  p95Ms: 1240,
}
const range = { from: '2026-11-01T00:00:00.000Z', to: '2026-11-21T12:30:00.000Z' }
const traces = { query: 'type:llm,embedding', ...range }
const forecast = {
  spentNano: 2e9,
  atEndNano: 3e9,
  lowNano: 2.5e9,
  highNano: 3.5e9,
  method: 'weekdays',
  endsAt: '2026-12-01T00:00:00.000Z',
}
const answer = {
  ...range,
  by: ['key'],
  total: { ...figures, requests: 1300, costNano: 2e9, unknownCost: 4, savedNano: 5e8, forecast, traces },
  groupCount: 3,
  groups: [
    { values: ['k1'], name: 'website', ...figures, forecast: { ...forecast, atEndNano: 2.2e9 }, traces },
  ],
  rest: { ...figures, requests: 100, costNano: 5e8, unknownCost: 4, p95Ms: undefined },
}

test('usage lists groups, the rest and the total, with the forecast and what is missing', async () => {
  const { stdout, code } = await cli(['usage', '--by', 'key', '--limit', '1', '--from', '2026-11-01'], answer)
  expect(code).toBe(0)
  expect(stdout.split('\n')).toEqual([
    'KEY      REQUESTS  ERRORS   INPUT  OUTPUT    COST  MONTH END     P95',
    'website     1,200       3  90,000  12,000   $1.50     ~$2.20  1.24 s',
    '2 more        100       3  90,000  12,000  $0.50+',
    'total       1,300       3  90,000  12,000  $2.00+     ~$3.00  1.24 s',
    '',
    'From 2026-11-01 to 2026-11-21 12:30, UTC.',
    'This month: $2.00 so far, $3.00 expected at its end (90 %: $2.50 to $3.50), by day of the week.',
    'Routes and the cache saved $0.50.',
    '4 calls have no known price and are missing in the cost (+). Set one in gateway.yaml, under "prices"; see them with: ratchet prices list',
    '',
  ])
  const query = api?.calls.at(-1)?.query
  expect(Object.fromEntries(query ?? [])).toMatchObject({
    by: 'key',
    limit: '1',
    from: '2026-11-01T00:00:00.000Z',
    forecast: 'true',
  })
})

test('usage tells what is no text token, where there is any', async () => {
  const units = { images: 1, audioMs: 41_400_000, searches: 2040, audioInputTokens: 12 }
  const { stdout } = await cli(['usage'], { ...answer, total: { ...answer.total, ...units } })
  const lines = stdout.split('\n')
  expect(lines[0]).toContain('BESIDES')
  expect(lines[3]).toContain('12 audio in, 1 picture, 11 h 30 min of sound, 2,040 searches')
})

test('usage --json prints the answer, and filters are sent', async () => {
  const { stdout } = await cli(['usage', '--app', 'docs', '--json'], answer)
  expect(JSON.parse(stdout)).toMatchObject({ groupCount: 3 })
  expect(api?.calls.at(-1)?.query.get('app')).toBe('docs')
})

test('no calls are said so, and a wrong time names the option', async () => {
  const none = { ...answer, groups: [], total: { ...answer.total, requests: 0, retries: 0 } }
  expect((await cli(['usage'], none)).stdout).toContain('No model was called from 2026-11-01')
  await api?.stop()
  const wrong = await cli(['usage', '--from', 'soon'], none)
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('--from is "soon"')])
})
