import type { SpanRecord } from '@ratchet/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { attributesOf, useConfig, type CacheConfig } from './testing/cached-gateway.ts'
import { startTestGateway, until, type TestGateway } from './testing/start-test-gateway.ts'

// A new one each time: breakers remember which models failed.
let running: TestGateway
beforeEach(async () => {
  running = await startTestGateway()
})
afterEach(() => running.stop())

type Route = NonNullable<CacheConfig['routes']>[number]
type Cascade = NonNullable<Route['cascade']>
const pii = { type: 'pii' as const, kinds: ['email' as const] }

/** A cheap model whose answer no check lets pass, before these. */
async function cascade(stronger: readonly string[], more: Partial<Cascade> = {}, config: CacheConfig = {}) {
  const steps = ['test/gpt-test', ...stronger]
  const checks = [{ type: 'min-length' as const, characters: 5_000 }]
  const route = {
    name: 'thrifty',
    cascade: { steps, checks, ...more },
    retries: { attempts: 0 },
    baseline: 'test/gpt-other',
  }
  await useConfig(running, { ...config, routes: [route] })
}
const ask = (more: object = {}) =>
  running.post('/v1/chat/completions', {
    model: 'thrifty',
    messages: [{ role: 'user', content: 'Hello there' }],
    ...more,
  })
async function spansOf(response: Response, count: number) {
  const traceId = response.headers.get('x-ratchet-trace-id')
  const spans = await until(async () => {
    const found = running.control.spans.filter((span) => span.traceId === traceId)
    return found.length >= count ? found : undefined
  })
  const [call] = spans.filter(({ name }) => !name.startsWith('attempt') && !name.startsWith('guard'))
  return { call: call as SpanRecord, attempts: spans.filter(({ name }) => name.startsWith('attempt')) }
}

test.each([false, true])(
  'the rejected answer is given when every stronger model fails, says so, and is charged once (streamed: %s)',
  async (stream) => {
    await cascade(['any/mode:server-error', 'any/mode:html'])
    const response = await ask(stream ? { stream, stream_options: { include_usage: true } } : {})
    expect(response.status).toBe(200)
    expect(response.headers.get('x-ratchet-cascade')).toBe('rejected-answer')
    const text = await response.text()
    expect(text.includes('data: [DONE]')).toBe(stream)
    expect(text).toContain('Hello, wörld 🌍!')
    expect(text).toContain('"completion_tokens":7')
    const { call, attempts } = await spansOf(response, 3)
    expect(call).toMatchObject({ name: 'test/gpt-test', status: 'ok', usage: { outputTokens: 7 } })
    expect(attributesOf(call)).toMatchObject({
      cascade: 'rejected answer',
      rejected_for: expect.stringContaining('characters') as string,
      gave_up: expect.any(String) as string,
      attempts: 3,
    })
    expect(attempts.map(({ name }) => name)).toEqual([
      'attempt any/mode:server-error',
      'attempt any/mode:html',
    ])
  },
)

test('of two rejected answers the stronger one is given, and the other is an attempt with its cost', async () => {
  await cascade(['test/gpt-other', 'any/mode:server-error'])
  const response = await ask()
  const { call, attempts } = await spansOf(response, 3)
  expect(call).toMatchObject({ name: 'test/gpt-other', status: 'ok' })
  expect(attempts.map(({ name }) => name)).toEqual(['attempt test/gpt-test', 'attempt any/mode:server-error'])
  expect(attempts[0]?.usage.outputTokens).toBe(7)
})

test('a stronger model that answers is what the caller gets, without a word of what was rejected', async () => {
  await cascade(['test/gpt-other'])
  const response = await ask()
  expect(response.headers.get('x-ratchet-cascade')).toBeNull()
  const { call, attempts } = await spansOf(response, 2)
  expect(call.name).toBe('test/gpt-other')
  expect(attributesOf(call)).not.toHaveProperty('rejected_for')
  expect(attempts.map(({ name }) => name)).toEqual(['attempt test/gpt-test'])
})

test('a stronger model that is silent until the time of the call is over leaves the rejected answer', async () => {
  await cascade(['any/mode:hang'])
  const response = await running.post(
    '/v1/chat/completions',
    { model: 'thrifty', messages: [{ role: 'user', content: 'Hi' }] },
    { 'x-ratchet-timeout-ms': '400' },
  )
  expect([response.status, response.headers.get('x-ratchet-cascade')]).toEqual([200, 'rejected-answer'])
})

test('a route may choose the error', async () => {
  await cascade(['any/mode:server-error'], { whenStrongerFails: 'fail' })
  const response = await ask()
  expect(response.status).toBe(500)
  const { call, attempts } = await spansOf(response, 2)
  expect(call).toMatchObject({ name: 'any/mode:server-error', status: 'error' })
  expect(attempts.map(({ name }) => name)).toEqual(['attempt test/gpt-test'])
})

test('guardrails hold for a rejected answer, too: what they redact is redacted, what they block is the error', async () => {
  running.upstream.pieces = ['Ask ada@', 'example.com']
  const rule = { name: 'mail', detectors: [pii], on: ['output' as const] }
  const guard = (action: 'redact' | 'block'): CacheConfig => ({
    guardrails: [{ name: 'privacy', rules: [{ ...rule, action }] }],
    defaults: { guardrails: ['privacy'] },
  })
  await cascade(['any/mode:server-error'], {}, guard('redact'))
  expect(await (await ask()).text()).toContain('Ask [EMAIL]')
  await cascade(['any/mode:server-error'], {}, guard('block'))
  const blocked = await ask()
  expect(blocked.status).toBe(500)
  expect(await blocked.text()).not.toContain('ada@')
})

test('answers that were rejected and given are counted', async () => {
  await cascade(['any/mode:server-error'])
  await (await ask()).text()
  const metrics = await (await fetch(`${running.gateway.url}/metrics`)).text()
  expect(metrics).toContain('\nratchet_gateway_rejected_answers_total 1\n')
})

test('a rejected answer is not kept for the next caller', async () => {
  await cascade(
    ['any/mode:server-error'],
    {},
    { caches: [{ name: 'answers' }], defaults: { cache: 'answers' } },
  )
  const outcomes = []
  for (let call = 0; call < 2; call++) outcomes.push((await ask()).headers.get('x-ratchet-cache'))
  expect(outcomes).toEqual(['miss', 'miss'])
})

test('a client that goes away while the stronger model is asked leaves the rejected answer as an attempt', async () => {
  await cascade(['any/mode:hang'])
  const gone = new AbortController()
  const asked = running
    .post(
      '/v1/chat/completions',
      { model: 'thrifty', messages: [{ role: 'user', content: 'Hi' }] },
      {},
      gone.signal,
    )
    .catch(() => undefined)
  await until(async () => running.upstream.seen.find(({ json }) => json['model'] === 'mode:hang'))
  gone.abort()
  await asked
  const attempt = await until(async () =>
    running.control.spans.findLast(({ name }) => name === 'attempt test/gpt-test'),
  )
  const call = await until(async () =>
    running.control.spans.find(({ spanId }) => spanId === attempt.parentSpanId),
  )
  expect(call).toMatchObject({ name: 'any/mode:hang', status: 'cancelled' })
})
