import { afterEach, beforeEach, expect, test } from 'vitest'
import { attributesOf, useConfig, type CacheConfig } from '../testing/cached-gateway.ts'
import { startTestGateway, until, type TestGateway } from '../testing/start-test-gateway.ts'

let running: TestGateway
beforeEach(async () => {
  running = await startTestGateway()
})
afterEach(() => running.stop())

const retries = { attempts: 0 }
const routeTo = (...models: string[]) => [
  { name: 'steady', targets: models.map((model) => ({ model })), retries },
]
const ofModel = (
  match: string,
  limit: number,
  measure: 'requests' | 'tokens' | 'concurrency' = 'requests',
) => ({
  name: `${measure}-${match.replace(/\W+/g, '-')}`,
  scope: 'model' as const,
  match,
  measure,
  limit,
})
function ask(model = 'steady', more: object = {}) {
  const messages = [{ role: 'user', content: 'Hello there' }]
  return running.post('/v1/chat/completions', { model, messages, max_tokens: 10, ...more })
}
/** Statuses of calls, one after the other. */
async function statuses(count: number, model?: string): Promise<number[]> {
  const found = []
  for (let call = 0; call < count; call++) found.push((await ask(model)).status)
  return found
}
const modelsSeen = () => running.upstream.seen.map(({ json }) => json['model'])
async function spanOf(response: Response) {
  return until(async () => {
    const traceId = response.headers.get('x-ratchet-trace-id')
    return running.control.spans.find((span) => span.traceId === traceId && span.parentSpanId === '')
  })
}

test('a limit of a model counts it where it is a fallback, and not where another one is asked', async () => {
  const limits = [ofModel('test/gpt-test', 2), ofModel('refused/gpt-other', 100)]
  await useConfig(running, { limits, routes: routeTo('refused/gpt-other', 'test/gpt-test') })
  const first = await ask()
  expect(first.headers.get('x-ratelimit-limit-requests')).toBe('2')
  expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('1')
  expect(await statuses(2)).toEqual([200, 429])
  // Named by its callers it has the same limit.
  expect((await ask('test/gpt-test')).status).toBe(429)
  expect((await ask('test/gpt-other')).status).toBe(200)
})

test('a model at its limit leaves the call to the next one, first or fallback, and the span says why', async () => {
  const limits = [ofModel('test/gpt-test', 1)]
  await useConfig(running, { limits, routes: routeTo('test/gpt-test', 'test/gpt-other') })
  expect(await statuses(2)).toEqual([200, 200])
  expect(modelsSeen()).toEqual(['gpt-test', 'gpt-other'])
  await useConfig(running, {
    limits,
    routes: routeTo('any/mode:server-error', 'test/gpt-test', 'test/gpt-other'),
  })
  const response = await ask()
  expect(response.status).toBe(200)
  const span = await spanOf(response)
  expect(span.name).toBe('test/gpt-other')
  expect(attributesOf(span)['reason']).toContain('limit requests-test-gpt-test at test/gpt-test')
})

test('when nobody else is left, the limit of the fallback is the answer', async () => {
  const limits = [ofModel('test/gpt-test', 0)]
  await useConfig(running, { limits, routes: routeTo('any/mode:server-error', 'test/gpt-test') })
  const response = await ask()
  expect(response.status).toBe(429)
  expect(await response.json()).toMatchObject({ error: { details: { limit: 'requests-test-gpt-test' } } })
  expect(await spanOf(response)).toMatchObject({ name: 'test/gpt-test', errorCode: 'rate_limited' })
})

test('tokens are those of each model, and all of them are the caller’s: a rejected step counts for its own model', async () => {
  const route = {
    name: 'steady',
    cascade: {
      steps: ['test/gpt-test', 'test/gpt-other'],
      checks: [{ type: 'min-length' as const, characters: 5_000 }],
    },
    retries,
  }
  const limits = [
    ofModel('test/gpt-test', 1_000, 'tokens'),
    ofModel('test/gpt-other', 2_000, 'tokens'),
    { name: 'team', scope: 'project' as const, measure: 'tokens' as const, limit: 900 },
  ]
  await useConfig(running, { limits, routes: [route] })
  expect((await ask()).status).toBe(200)
  const left = async (model: string) => Number((await ask(model)).headers.get('x-ratelimit-remaining-tokens'))
  // 20 in and 7 out of each model: 54 in all; the call that shows it has reserved some itself.
  const reserved = 10 + 4
  expect(Math.abs((await left('test/gpt-test')) - (900 - 54 - reserved))).toBeLessThan(5)
  await useConfig(running, { limits: limits.slice(0, 2), routes: [route] })
  expect(Math.abs((await left('test/gpt-test')) - (1_000 - 2 * 27 - reserved))).toBeLessThan(5)
  expect(Math.abs((await left('test/gpt-other')) - (2_000 - 27 - reserved))).toBeLessThan(5)
})

test('running calls count for the model that is asked now, plain and streamed', async () => {
  const limits = [
    ofModel('test/gpt-test', 1, 'concurrency'),
    ofModel('any/mode:server-error', 1, 'concurrency'),
  ]
  await useConfig(running, { limits, routes: routeTo('any/mode:server-error', 'test/gpt-test') })
  running.upstream.pauseMs = 100
  const stream = await ask('steady', { stream: true })
  expect(stream.status).toBe(200)
  expect((await ask('test/gpt-test')).status).toBe(429)
  // Nobody is at the first one any more.
  expect((await ask('any/mode:server-error')).status).toBe(500)
  await stream.text()
  await until(async () => ((await ask('test/gpt-test')).status === 200 ? true : undefined))
})

test('a fallback waits for its turn where its limit has a line, and a client that leaves it is not run', async () => {
  const queue = { maxWaitMs: 5_000, maxRequests: 10 }
  const limits = [{ ...ofModel('test/gpt-test', 1, 'concurrency'), queue }]
  await useConfig(running, { limits, routes: routeTo('refused/gpt-other', 'test/gpt-test') })
  running.upstream.pauseMs = 60
  const gone = new AbortController()
  const first = ask('steady', { stream: true })
  await until(async () => running.upstream.seen.length === 1 || undefined)
  const leaving = running
    .post(
      '/v1/chat/completions',
      { model: 'steady', messages: [{ role: 'user', content: 'x' }] },
      {},
      gone.signal,
    )
    .catch(() => undefined)
  const second = ask()
  setTimeout(() => gone.abort(), 50)
  await (await first).text()
  expect((await second).status).toBe(200)
  await leaving
  expect(running.upstream.seen).toHaveLength(2)
})

test('a hedge is not sent to a model at its limit', async () => {
  const limits = [ofModel('test/gpt-test', 0)]
  const route = { ...routeTo('any/mode:slow', 'test/gpt-test')[0], name: 'steady', hedgeAfterMs: 50 }
  await useConfig(running, { limits, routes: [route] })
  const response = await ask()
  expect([response.status, modelsSeen()]).toEqual([200, ['mode:slow']])
})

const budgets = (unpriced?: 'allow' | 'block'): CacheConfig['budgets'] => [
  { name: 'team', scope: 'project', period: 'month', limitUsd: 5, ...(unpriced ? { unpriced } : {}) },
]

test('a call whose cost nobody knows passes a budget, and its span names the budget', async () => {
  await useConfig(running, { budgets: budgets() })
  const response = await ask('test/gpt-other')
  expect(response.status).toBe(200)
  const span = await spanOf(response)
  expect(span.costKnown).toBe(false)
  expect(attributesOf(span)).toMatchObject({ unpriced_for: ['team'] })
  const priced = await spanOf(await ask('test/gpt-test'))
  expect(attributesOf(priced)).not.toHaveProperty('unpriced_for')
})

test('a budget may take only calls of known cost: others get 402 with the way out, priced and own models pass', async () => {
  await useConfig(running, { budgets: budgets('block') })
  const refused = await ask('test/gpt-other')
  expect(refused.status).toBe(402)
  expect(await refused.json()).toMatchObject({
    error: {
      code: 'budget_exceeded',
      message: expect.stringContaining('price of "test/gpt-other"') as string,
      details: { limit: 'team', model: 'test/gpt-other' },
    },
  })
  expect(refused.headers.get('retry-after')).toBeNull()
  expect(await statuses(1, 'test/gpt-test')).toEqual([200])
  expect(await statuses(1, 'offline/extractive')).toEqual([200])
})

test('a route goes by a model whose cost nobody knows, first or fallback, where a limit of cost wants to know it', async () => {
  const limits = [
    { name: 'cost', scope: 'key' as const, measure: 'cost' as const, limit: 1, unpriced: 'block' as const },
  ]
  await useConfig(running, { limits, routes: routeTo('test/gpt-other', 'test/gpt-test') })
  expect(await statuses(1)).toEqual([200])
  await useConfig(running, {
    limits,
    routes: routeTo('test/gpt-test', 'test/gpt-other', 'offline/extractive'),
  })
  await running.upstream.stop()
  expect(await statuses(1)).toEqual([200])
  expect(modelsSeen()).toEqual(['gpt-test'])
})
