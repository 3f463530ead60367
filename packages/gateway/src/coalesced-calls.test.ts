import { afterEach, beforeEach, expect, test } from 'vitest'
import { attributesOf, cacheOf, useConfig, type CacheConfig } from './testing/cached-gateway.ts'
import { startTestGateway, until, type TestGateway } from './testing/start-test-gateway.ts'
import { watchStalls } from './testing/watch-stalls.ts'

let running: TestGateway
beforeEach(async () => {
  running = await startTestGateway()
})
afterEach(() => running.stop())

type Policy = NonNullable<CacheConfig['caches']>[number]
const configure = (policy: Partial<Policy> = {}, more: CacheConfig = {}) =>
  useConfig(running, {
    caches: [{ name: 'answers', coalesce: true, ...policy }],
    defaults: { cache: 'answers' },
    ...more,
  })
type Asked = { model?: string; stream?: boolean; headers?: Record<string, string>; signal?: AbortSignal }
function ask({ model = 'any/mode:slow', stream = false, headers = {}, signal }: Asked = {}) {
  const messages = [{ role: 'user', content: 'How do I rinse the filter?' }]
  return running.post(
    '/v1/chat/completions',
    { model, messages, ...(stream ? { stream } : {}) },
    headers,
    signal,
  )
}
const outcomes = (responses: readonly Response[]) =>
  responses.map((response) => cacheOf(response).outcome ?? '').toSorted((a, b) => (a < b ? -1 : 1))
const seen = () => running.upstream.seen.length
const nextTurn = () => new Promise((resolve) => setTimeout(resolve, 50))

test('of twenty equal calls at once one is asked, and all get its answer, plain and streamed', async () => {
  await configure()
  const calls = Array.from({ length: 20 }, (_, call) => ask({ stream: call % 4 === 3 }))
  const responses = await Promise.all(calls)
  const texts = await Promise.all(responses.map((response) => response.text()))
  expect(seen()).toBe(1)
  expect(outcomes(responses)).toEqual([...Array.from({ length: 19 }, () => 'coalesced'), 'miss'])
  for (const text of texts) expect(text).toMatch(/Hello, wörld 🌍!|"Hel/)
  const waited = responses.find((response) => cacheOf(response).outcome === 'coalesced')
  if (waited === undefined) throw new Error('nobody waited')
  const span = await running.spanOf(waited)
  expect(span).toMatchObject({ costNano: 0, connection: '', output: 'Hello, wörld 🌍!' })
  expect(attributesOf(span)).toMatchObject({ cache: 'coalesced', cache_policy: 'answers' })
  const metrics = await (await fetch(`${running.gateway.url}/metrics`)).text()
  expect(metrics).toContain('ratchet_gateway_cache_coalesced_total 19')
  expect(metrics).toContain('outcome="hit"} 19')
})

test('who waits for a stream is given all of it when it is over', async () => {
  await configure()
  running.upstream.pauseMs = 50
  const leader = ask({ model: 'test/gpt-test', stream: true })
  await until(async () => seen() === 1 || undefined)
  const [streamed, plain] = await Promise.all([
    ask({ model: 'test/gpt-test', stream: true }),
    ask({ model: 'test/gpt-test' }),
  ])
  expect(outcomes([streamed, plain])).toEqual(['coalesced', 'coalesced'])
  expect(await streamed.text()).toContain('[DONE]')
  expect(await plain.text()).toContain('Hello, wörld 🌍!')
  expect(await (await leader).text()).toContain('[DONE]')
  expect(seen()).toBe(1)
})

test('when the one that asks fails, the others ask for themselves', async () => {
  await configure(
    {},
    {
      routes: [{ name: 'flaky', targets: [{ model: 'any/mode:cut-mid-stream' }], retries: { attempts: 0 } }],
    },
  )
  const calls = Array.from({ length: 4 }, () => ask({ model: 'flaky' }))
  const responses = await Promise.all(calls)
  expect(responses.map(({ status }) => status)).toEqual([502, 502, 502, 502])
  expect(outcomes(responses)).toEqual(['miss', 'miss', 'miss', 'miss'])
  expect(seen()).toBe(4)
})

test('when the client of the one that asks goes away, the others do not wait for it', async () => {
  await configure()
  const gone = new AbortController()
  const leader = ask({ signal: gone.signal }).catch(() => undefined)
  await until(async () => seen() === 1 || undefined)
  const others = [ask(), ask()]
  await nextTurn()
  gone.abort()
  const responses = await Promise.all(others)
  expect(responses.map(({ status }) => status)).toEqual([200, 200])
  expect(outcomes(responses)).toEqual(['miss', 'miss'])
  await leader
})

test('an answer that may not be kept is nobody else’s: the others ask for themselves', async () => {
  await configure()
  running.upstream.pieces = ['x'.repeat(1_100_000)]
  const responses = await Promise.all([ask(), ask(), ask()])
  await Promise.all(responses.map((response) => response.text()))
  expect(outcomes(responses)).toEqual(['miss', 'miss', 'miss'])
  expect(seen()).toBe(3)
})

test('who waits has a deadline of his own, and who goes away while waiting is not asked for', async () => {
  await configure()
  const leader = ask({ model: 'any/mode:hang', headers: { 'x-ratchet-timeout-ms': '4000' } })
  await until(async () => seen() === 1 || undefined)
  const stalls = watchStalls()
  const startMs = performance.now()
  const gone = new AbortController()
  const leaving = ask({ model: 'any/mode:hang', signal: gone.signal }).catch(() => undefined)
  const hurried = await ask({ model: 'any/mode:hang', headers: { 'x-ratchet-timeout-ms': '150' } })
  expect(hurried.status).toBe(504)
  expect(performance.now() - startMs).toBeLessThan(500 + stalls.stoodMs())
  gone.abort()
  await leaving
  expect((await leader).status).toBe(504)
  await nextTurn()
  // The leader, and the hurried one at its very end.
  expect(seen()).toBeLessThanOrEqual(2)
})

test('calls of other callers, other questions, and those that want no cached answer do not wait', async () => {
  await configure({ scope: 'user' })
  const wishes: Record<string, string>[] = [
    { 'x-ratchet-user': 'ada' },
    { 'x-ratchet-user': 'grace' },
    { 'x-ratchet-user': 'ada', 'x-ratchet-cache': 'no-cache' },
    { 'x-ratchet-user': 'ada', 'x-ratchet-cache': 'refresh' },
  ]
  await Promise.all(wishes.map((headers) => ask({ headers })))
  expect(seen()).toBe(4)
})

test('without coalesce every call asks', async () => {
  await configure({ coalesce: false })
  await Promise.all([ask(), ask(), ask()])
  expect(seen()).toBe(3)
})

test('a semantic policy coalesces equal questions, too', async () => {
  await configure({ mode: 'semantic' })
  const responses = await Promise.all([ask(), ask(), ask()])
  expect(outcomes(responses)).toEqual(['coalesced', 'coalesced', 'miss'])
  expect(seen()).toBe(1)
})

test('a client that goes away while its question is looked for keeps nobody waiting', async () => {
  await configure({ mode: 'semantic', embeddingModel: 'any/mode:slow' })
  const gone = new AbortController()
  const leaving = ask({ model: 'test/gpt-test', signal: gone.signal }).catch(() => undefined)
  await until(async () => seen() === 1 || undefined)
  gone.abort()
  await leaving
  await until(async () => running.control.spans.find(({ status }) => status === 'cancelled'))
  await new Promise((resolve) => setTimeout(resolve, 400))
  const stalls = watchStalls()
  const startMs = performance.now()
  expect(cacheOf(await ask({ model: 'test/gpt-test' })).outcome).toBe('miss')
  expect(performance.now() - startMs).toBeLessThan(2_000 + stalls.stoodMs())
})
