import { gatewayConfig, type GatewayConfig } from '@ratchet/contract'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { project } from '../testing/example-snapshot.ts'
import { startTestGateway, until, type TestGateway } from '../testing/start-test-gateway.ts'

let bench: TestGateway
beforeEach(async () => {
  bench = await startTestGateway()
})
afterEach(async () => {
  expect(bench.control.problems).toEqual([])
  await bench.stop()
})

/** Puts limits in force and waits until the gateway has them. */
function limit(config: Partial<Record<keyof GatewayConfig, readonly object[]>>): Promise<void> {
  return bench.publish({ gateway: [{ project, config: gatewayConfig.parse(config) }] })
}

const chat = (more: object = {}) => ({
  model: 'test/gpt-test',
  messages: [{ role: 'user', content: 'Which port does the gateway use?' }],
  max_tokens: 100,
  ...more,
})

const ask = (more: object = {}, headers: Record<string, string> = {}): Promise<Response> =>
  bench.post('/v1/chat/completions', chat(more), headers)

describe('a limit of requests', () => {
  test('A3.11 answers carry what is left, and the one too many gets 429 with Retry-After and the way out', async () => {
    await limit({ limits: [{ name: 'team', scope: 'project', measure: 'requests', limit: 2 }] })
    const startedMs = performance.now()
    const first = await ask()
    expect(first.status).toBe(200)
    expect(first.headers.get('x-ratelimit-limit-requests')).toBe('2')
    expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('1')
    expect(first.headers.get('x-ratelimit-reset-requests')).toMatch(/^1m\ds$/)
    expect((await ask({ stream: true })).headers.get('x-ratelimit-remaining-requests')).toBe('0')
    const refused = await ask()
    expect(refused.status).toBe(429)
    const passedSeconds = (performance.now() - startedMs) / 1_000
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(58 - passedSeconds)
    expect(await refused.json()).toMatchObject({
      error: {
        type: 'rate_limit_error',
        code: 'rate_limited',
        details: { limit: 'team', allowed: 2, used: 2 },
      },
    })
    expect(bench.upstream.seen).toHaveLength(2)
  })

  test('its refusal is no failure of the provider: nobody was asked, so the span names no connection', async () => {
    await limit({ limits: [{ name: 'team', scope: 'project', measure: 'requests', limit: 1 }] })
    expect(await bench.spanOf(await ask())).toMatchObject({ status: 'ok', connection: 'test' })
    expect(await bench.spanOf(await ask())).toMatchObject({
      status: 'error',
      errorCode: 'rate_limited',
      name: 'test/gpt-test',
      connection: '',
    })
  })

  test('shows in the metrics: whose use is counted, and how often it said no', async () => {
    await limit({ limits: [{ name: 'user', scope: 'user', measure: 'requests', limit: 1 }] })
    for (const user of ['ada', 'ada', 'grace', 'ada']) await ask({ user })
    const metrics = await (await fetch(`${bench.gateway.url}/metrics`)).text()
    expect(metrics).toContain('\nratchet_gateway_limit_subjects 2\n')
    expect(metrics).toContain('\nratchet_gateway_limit_waiting_calls 0\n')
    expect(metrics).toContain('\nratchet_gateway_limit_refused_total 2\n')
  })

  test('calls in line go on when the ones before have ended; one whose client leaves is not run', async () => {
    await limit({
      limits: [
        {
          name: 'one',
          scope: 'project',
          measure: 'concurrency',
          limit: 1,
          queue: { maxWaitMs: 5_000, maxRequests: 10 },
        },
      ],
    })
    bench.upstream.pauseMs = 40
    const leaving = new AbortController()
    const running = ask({ stream: true }).then((response) => response.text())
    await until(() => Promise.resolve(bench.upstream.seen.length === 1 || undefined))
    const gone = bench
      .post('/v1/chat/completions', chat(), {}, leaving.signal)
      .catch((error: Error) => error.name)
    const next = ask({}, { 'x-ratchet-priority': '9' })
    await new Promise((resolve) => setTimeout(resolve, 30))
    leaving.abort()
    expect(await gone).toBe('AbortError')
    await running
    expect((await next).status).toBe(200)
    expect(bench.upstream.seen).toHaveLength(2)
  })
})

describe('a budget', () => {
  const spentNano = (): number =>
    bench.control.limitReports
      .flatMap(({ budgets }) => budgets)
      .reduce((sum, told) => sum + told.spentNano, 0)

  test('A3.9 stops calls when it is used up, and what was charged is what the spans say', async () => {
    await limit({ budgets: [{ name: 'team', scope: 'project', period: 'day', limitUsd: 0.0005 }] })
    let response = await ask()
    const spans = []
    for (let calls = 0; response.status === 200 && calls < 100; calls++) {
      spans.push(await bench.spanOf(response))
      response = await ask()
    }
    expect(response.status).toBe(402)
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await response.json()).toMatchObject({
      error: {
        code: 'budget_exceeded',
        type: 'insufficient_quota',
        message: expect.stringContaining('The budget "team" of the project is used up'),
      },
    })
    const cost = spans.reduce((sum, span) => sum + span.costNano, 0)
    expect(cost).toBeGreaterThan(0)
    await until(() => Promise.resolve(spentNano() === cost || undefined))
  })

  test('A3.3 an aborted stream is charged for what it used', async () => {
    await limit({ budgets: [{ name: 'team', scope: 'project', period: 'day', limitUsd: 1 }] })
    bench.upstream.pauseMs = 50
    const leaving = new AbortController()
    const response = await bench.post('/v1/chat/completions', chat({ stream: true }), {}, leaving.signal)
    await response.body?.getReader().read()
    leaving.abort()
    const span = await bench.spanOf(response)
    expect(span).toMatchObject({ status: 'cancelled', usageEstimated: true })
    expect(span.costNano).toBeGreaterThan(0)
    await until(() => Promise.resolve(spentNano() === span.costNano || undefined))
  })

  test('a call that no provider answered costs nothing and frees what was reserved', async () => {
    await limit({
      limits: [{ name: 'tokens', scope: 'project', measure: 'tokens', limit: 150 }],
      budgets: [{ name: 'team', scope: 'project', period: 'day', limitUsd: 1 }],
    })
    for (let call = 0; call < 3; call++) expect((await ask({ model: 'refused/gpt-other' })).status).toBe(502)
    expect((await ask()).status).toBe(200)
    const span = await until(() => Promise.resolve(bench.control.spans.find(({ status }) => status === 'ok')))
    await until(() => Promise.resolve(spentNano() === span.costNano || undefined))
  })
})
