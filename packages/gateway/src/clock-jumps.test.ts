import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { attributesOf, cacheOf, useConfig, type CacheConfig } from './testing/cached-gateway.ts'
import { startTestGateway, until, type TestGateway } from './testing/start-test-gateway.ts'

let running: TestGateway
// Only what reads the wall clock: time that passes for calls, breakers and timers is that of the process.
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.setSystemTime(Date.UTC(2026, 10, 21, 12))
  running = await startTestGateway()
})
afterEach(async () => {
  await running.stop()
  vi.useRealTimers()
})

const hour = 3_600_000
const day = 24 * hour
const jump = (ms: number) => vi.setSystemTime(Date.now() + ms)
const cached: CacheConfig = { caches: [{ name: 'answers', ttlSeconds: 60 }], defaults: { cache: 'answers' } }
const ask = (model: string, more: object = {}, headers: Record<string, string> = {}) =>
  running.post(
    '/v1/chat/completions',
    { model, messages: [{ role: 'user', content: 'Hello there' }], ...more },
    headers,
  )
async function outcome() {
  const response = await ask('test/gpt-test')
  await response.text()
  return cacheOf(response)
}
const modelsSeen = () => running.upstream.seen.map(({ json }) => json['model'])

test('answers expire when the clock jumps over their end, and are never younger than nothing when it goes back', async () => {
  await useConfig(running, cached)
  expect((await outcome()).outcome).toBe('miss')
  jump(59_000)
  expect(await outcome()).toMatchObject({ outcome: 'hit', age: '59' })
  jump(hour)
  expect((await outcome()).outcome).toBe('miss')
  jump(-day)
  expect(await outcome()).toMatchObject({ outcome: 'hit', age: '0' })
  expect(running.upstream.seen).toHaveLength(2)
})

test('a key ends when the clock says so, and is good again when it is corrected', async () => {
  const expiresAtMs = Date.now() + hour
  const others = running.snapshot.keys.map((key) => ({ ...key, expiresAtMs }))
  await useConfig(running, {}, { keys: others })
  const statuses = [(await ask('test/gpt-test')).status]
  for (const ms of [2 * hour, -2 * hour, -day, 365 * day]) {
    jump(ms)
    statuses.push((await ask('test/gpt-test')).status)
  }
  expect(statuses).toEqual([200, 401, 200, 200, 401])
})

test('targets that rest, breakers that are open and calls that run keep their time whatever the clock says', async () => {
  const connections = running.snapshot.connections.map((each) => ({ ...each, credentials: [] }))
  const targets = ['any/mode:rate-limited', 'any/mode:server-error', 'test/gpt-test']
  const route = { name: 'steady', targets: targets.map((model) => ({ model })), retries: { attempts: 0 } }
  await useConfig(running, { routes: [route] }, { connections })
  for (let call = 0; call < 5; call++) expect((await ask('steady')).status).toBe(200)
  for (const ms of [hour, -day, 30 * day]) {
    running.upstream.seen.length = 0
    jump(ms)
    expect((await ask('steady')).status).toBe(200)
    // One rests for the seven seconds that it asked for, the breaker of the other is open.
    expect(modelsSeen()).toEqual(['gpt-test'])
  }
  running.upstream.pauseMs = 50
  const stream = await ask('test/gpt-test', { stream: true }, { 'x-ratchet-timeout-ms': '20000' })
  jump(hour)
  expect(await stream.text()).toContain('[DONE]')
})

test('a cascade goes on when the clock jumps between its steps', async () => {
  const cascade = {
    steps: ['any/mode:slow', 'test/gpt-test'],
    checks: [{ type: 'min-length' as const, characters: 5_000 }],
  }
  await useConfig(running, { routes: [{ name: 'thrifty', cascade }] })
  for (const ms of [day, -2 * day]) {
    running.upstream.seen.length = 0
    const asked = ask('thrifty')
    await until(async () => running.upstream.seen.length === 1 || undefined)
    jump(ms)
    const response = await asked
    expect(response.status).toBe(200)
    expect(modelsSeen()).toEqual(['mode:slow', 'gpt-test'])
    const span = await until(async () =>
      running.control.spans.find(
        ({ traceId, parentSpanId }) =>
          traceId === response.headers.get('x-ratchet-trace-id') && parentSpanId === '',
      ),
    )
    expect(attributesOf(span)).toMatchObject({ branch: 'cascade', attempts: 2 })
    expect(span.durationUs).toBeLessThan(10_000_000)
    expect(span.durationUs).toBeGreaterThan(0)
  }
})
