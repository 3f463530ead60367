import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CacheForget } from '@ratchet/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startGateway } from './start-gateway.ts'
import { attributesOf, cacheOf, useConfig, type CacheConfig } from './testing/cached-gateway.ts'
import { keys, project } from './testing/example-snapshot.ts'
import { startTestGateway, until, type TestGateway } from './testing/start-test-gateway.ts'

let running: TestGateway
beforeEach(async () => {
  running = await startTestGateway()
})
afterEach(() => running.stop())

const answers = { caches: [{ name: 'answers' }], defaults: { cache: 'answers' } } satisfies CacheConfig
type Asked = {
  text?: string
  model?: string
  headers?: Record<string, string>
  url?: string
  stream?: boolean
}

function ask({ text = 'Hello there', model = 'test/gpt-test', headers = {}, url, stream }: Asked = {}) {
  return fetch(`${url ?? running.gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.invoke}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({
      model,
      messages: [{ role: 'user', content: text }],
      ...(stream ? { stream } : {}),
    }),
  })
}
const outcomeOf = async (asked: Asked = {}) => cacheOf(await ask(asked)).outcome
const metrics = async () => (await fetch(`${running.gateway.url}/metrics`)).text()
/** Waits for a line, because writing to disk goes on behind the calls. */
const metric = (line: string) => until(async () => (await metrics()).includes(line) || undefined)

test('a provider that is down does not stop hits, plain and streamed', async () => {
  const routes = [{ name: 'steady', targets: [{ model: 'test/gpt-test' }], retries: { attempts: 0 } }]
  await useConfig(running, { ...answers, routes })
  await ask({ model: 'steady' })
  await running.upstream.stop()
  for (let call = 0; call < 20; call++)
    expect((await ask({ model: 'steady', text: `${call}` })).status).toBe(502)
  expect(await outcomeOf({ model: 'steady' })).toBe('hit')
  const stream = await ask({ model: 'steady', stream: true })
  expect(await stream.text()).toContain('wörld')
})

test('the span of a hit names the route and its branch as that of a miss does', async () => {
  const rules = [
    { name: 'gold', when: { field: 'user', equals: 'ada' }, targets: [{ model: 'test/gpt-other' }] },
  ]
  await useConfig(running, {
    ...answers,
    routes: [{ name: 'tiers', targets: [{ model: 'test/gpt-test' }], rules }],
  })
  const headers = { 'x-ratchet-user': 'ada' }
  const spans = []
  for (const stream of [false, false, true]) {
    const response = await ask({ model: 'tiers', headers, stream })
    await response.text()
    spans.push(await running.spanOf(response))
  }
  expect(spans.map(attributesOf)).toMatchObject([
    { cache: 'miss', route: 'tiers', branch: 'rule gold' },
    { cache: 'hit', route: 'tiers', branch: 'rule gold' },
    { cache: 'hit', route: 'tiers', branch: 'rule gold' },
  ])
  expect(spans.map(({ name, connection }) => [name, connection])).toEqual([
    ['test/gpt-other', 'test'],
    ['test/gpt-other', ''],
    ['test/gpt-other', ''],
  ])
})

test('answers outlive the process; control need not be there', async () => {
  await useConfig(running, answers)
  await ask()
  await metric('ratchet_gateway_cache_answers{place="disk"} 1')
  await running.gateway.stop()
  await running.control.stop()
  await running.upstream.stop()
  const next = await startGateway(running.config)
  try {
    const hit = await ask({ url: next.url })
    expect([hit.status, cacheOf(hit).outcome]).toEqual([200, 'hit'])
    expect(await hit.text()).toContain('Hello, wörld')
  } finally {
    await next.stop()
  }
})

test('two gateways on one data folder do not use each other’s files', async () => {
  await useConfig(running, answers)
  const second = await startGateway(running.config)
  try {
    await until(async () => (await ask({ url: second.url })).ok || undefined)
    expect(await outcomeOf({ url: second.url })).toBe('hit')
    expect(await outcomeOf()).toBe('miss')
  } finally {
    await second.stop()
  }
})

const forget = (more: Partial<CacheForget> = {}): CacheForget => ({ project, beforeMs: Date.now(), ...more })

test('what is forgotten is not given again, in memory and after a restart; what came since is', async () => {
  await useConfig(running, answers)
  const { key } = cacheOf(await ask())
  await ask({ text: 'Another' })
  await metric('ratchet_gateway_cache_answers{place="disk"} 2')
  const cacheForgets = [forget({ keyPrefix: key?.slice(0, 12) ?? '' })]
  await useConfig(running, answers, { cacheForgets })
  expect([await outcomeOf({ text: 'Another' }), await outcomeOf()]).toEqual(['hit', 'miss'])
  // The same snapshot again, as on every change.
  await useConfig(running, answers, { cacheForgets })
  expect(await outcomeOf()).toBe('hit')
  for (const more of [
    { policy: 'other' },
    { model: 'test/gpt-other' },
    { project: '00000000-0000-4000-8000-000000000009' },
  ]) {
    await useConfig(running, answers, { cacheForgets: [...cacheForgets, forget(more)] })
    expect(await outcomeOf()).toBe('hit')
  }
  await useConfig(running, answers, { cacheForgets: [forget({ policy: 'answers', model: 'test/gpt-test' })] })
  expect(await outcomeOf({ headers: { 'x-ratchet-cache': 'only-if-cached' } })).toBe('miss')
  await running.gateway.stop()
  const next = await startGateway(running.config)
  try {
    const headers = { 'x-ratchet-cache': 'only-if-cached' }
    const response = await ask({ url: next.url, headers, text: 'Another' })
    expect([response.status, cacheOf(response).outcome]).toEqual([404, 'miss'])
  } finally {
    await next.stop()
  }
})

test('a gateway that was away for longer than is listed starts without the answers of that time', async () => {
  await useConfig(running, answers)
  await ask()
  await metric('ratchet_gateway_cache_answers{place="disk"} 1')
  await running.gateway.stop()
  running.control.publish({
    ...running.snapshot,
    version: 1_000_000,
    gateway: [],
    cacheForgetsSinceMs: Date.now() + 1,
  })
  const next = await startGateway(running.config)
  try {
    await until(async () => {
      const text = await (await fetch(`${next.url}/metrics`)).text()
      return text.includes('ratchet_gateway_cache_answers{place="disk"} 0') || undefined
    })
  } finally {
    await next.stop()
  }
})

test('an answer that was asked for before a forgetting, and comes after it, is not kept', async () => {
  await useConfig(running, answers)
  running.upstream.pauseMs = 100
  const late = ask({ stream: true })
  await until(() => Promise.resolve(running.upstream.seen[0]))
  await useConfig(running, answers, { cacheForgets: [forget()] })
  await (await late).text()
  expect(await outcomeOf()).toBe('miss')
})

test('a disk that cannot be written costs answers after a restart, and no call', async () => {
  await useConfig(running, answers)
  const folder = join(running.dataFolder, 'cache', 'answers', '1')
  rmSync(folder, { recursive: true })
  writeFileSync(folder, '')
  expect([await outcomeOf(), await outcomeOf()]).toEqual(['miss', 'hit'])
  await metric('ratchet_gateway_cache_unwritten_total 1')
  expect([await outcomeOf({ text: 'Another' }), await outcomeOf({ text: 'Another' })]).toEqual([
    'miss',
    'hit',
  ])
})

test('questions that mean the same share an answer; those that differ in a number, a name or a "not" do not', async () => {
  const faq = { name: 'faq', mode: 'semantic' as const, threshold: 0.8, checkShare: 0 }
  await useConfig(running, { caches: [faq], defaults: { cache: 'faq' } })
  await ask({ text: 'How often should I rinse the filter of the pump?' })
  const hit = await ask({ text: 'how often should I rinse the filter of the pump' })
  expect(cacheOf(hit).outcome).toBe('semantic-hit')
  const attributes = attributesOf(await running.spanOf(hit))
  expect(attributes).toMatchObject({ cache: 'semantic-hit', cache_policy: 'faq' })
  expect(attributes['cache_similarity']).toBeGreaterThan(0.8)
  const stream = await ask({ text: 'How often should I rinse the filter of the pump', stream: true })
  expect(cacheOf(stream).outcome).toBe('semantic-hit')
  expect(await stream.text()).toContain('wörld')
  for (const text of [
    'How often should I rinse the filter 2 of the pump?',
    'How often should I not rinse the filter of the pump?',
    'How often should I rinse the filter of the Acme pump?',
  ]) {
    expect(await outcomeOf({ text })).toBe('miss')
  }
  const other = { authorization: `Bearer ${keys.admin}` }
  const scoped = { ...faq, name: 'own', scope: 'key' as const }
  await useConfig(running, { caches: [scoped], defaults: { cache: 'own' } })
  await ask({ text: 'What does the warranty cover?' })
  expect(await outcomeOf({ text: 'what does the warranty cover', headers: other })).toBe('miss')
  expect(await outcomeOf({ text: 'what does the warranty cover' })).toBe('semantic-hit')
})

test('after a restart a question that means the same is answered from the cache', async () => {
  const faq = { name: 'faq', mode: 'semantic' as const, threshold: 0.8, checkShare: 0 }
  await useConfig(running, { caches: [faq], defaults: { cache: 'faq' } })
  await ask({ text: 'How often should I rinse the filter of the pump?' })
  await metric('ratchet_gateway_cache_answers{place="disk"} 1')
  await running.gateway.stop()
  const next = await startGateway(running.config)
  try {
    const hit = await ask({ url: next.url, text: 'how often should I rinse the filter of the pump' })
    expect(cacheOf(hit).outcome).toBe('semantic-hit')
    expect(await hit.text()).toContain('Hello, wörld')
    expect(running.upstream.seen).toHaveLength(1)
  } finally {
    await next.stop()
  }
})

test('a share of semantic hits is asked again, and the figures tell how much agrees', async () => {
  const faq = { name: 'faq', mode: 'semantic' as const, threshold: 0.8, checkShare: 1 }
  await useConfig(running, { caches: [faq], defaults: { cache: 'faq' } })
  await ask({ text: 'How often should I rinse the filter?' })
  running.upstream.pieces = ['Something quite different']
  const checked = await ask({ text: 'how often should I rinse the filter' })
  expect([cacheOf(checked).outcome, (await checked.text()).includes('different')]).toEqual(['miss', true])
  const report = await until(() =>
    Promise.resolve(
      running.control.cacheReports
        .flatMap(({ policies }) => policies)
        .find(({ counts }) => counts.checks > 0),
    ),
  )
  expect(report).toMatchObject({
    policy: 'faq',
    project,
    counts: { checks: 1, disagreements: 1, agreement: 0 },
  })
})

test('another model embeds the question; when it fails the call goes on', async () => {
  const faq = (embeddingModel: string) => ({
    caches: [{ name: 'faq', mode: 'semantic' as const, threshold: 0.8, checkShare: 0, embeddingModel }],
    defaults: { cache: 'faq' },
  })
  await useConfig(running, faq('any/embed'))
  await ask({ text: 'How often should I rinse the filter?' })
  const hit = await ask({ text: 'Where is the warranty card?' })
  // The fake gives every text the same vector.
  expect(cacheOf(hit).outcome).toBe('semantic-hit')
  const paths = running.upstream.seen.map(({ path }) => path.slice(path.lastIndexOf('/')))
  expect(paths).toEqual(['/embeddings', '/completions', '/embeddings'])
  await useConfig(running, faq('any/mode:server-error'))
  const failed = await ask({ text: 'Where is the other card?' })
  expect([failed.status, cacheOf(failed).outcome]).toEqual([200, 'miss'])
  const { headers } = { headers: { 'x-ratchet-cache': 'refresh' } }
  await useConfig(running, faq('any/embed-two'))
  expect(await outcomeOf({ text: 'Is it refreshed?', headers })).toBe('miss')
  await until(async () => (await outcomeOf({ text: 'Was it refreshed?' })) === 'semantic-hit' || undefined)
})

const pii = { type: 'pii' as const, kinds: ['email' as const] }
const guarded = (on: 'input' | 'output', action: 'redact' | 'block'): CacheConfig => ({
  ...answers,
  guardrails: [{ name: 'privacy', rules: [{ name: 'mail', detectors: [pii], on: [on], action }] }],
})
const withDefaults = (config: CacheConfig) => ({
  ...config,
  defaults: { cache: 'answers', guardrails: ['privacy'] },
})

test.each([false, true])('guardrails on output see a hit as a new answer (stream: %s)', async (stream) => {
  running.upstream.pieces = ['Ask a', 'da@example.com now']
  await useConfig(running, answers)
  await (await ask({ stream })).text()
  await useConfig(running, withDefaults(guarded('output', 'redact')))
  const hit = await ask({ stream })
  const text = await hit.text()
  expect(cacheOf(hit).outcome).toBe('hit')
  expect(text).toContain('[EMAIL]')
  expect(text).not.toContain('ada@')
  const traceId = hit.headers.get('x-ratchet-trace-id')
  const span = await until(() =>
    Promise.resolve(running.control.spans.find((each) => each.traceId === traceId && each.type === 'llm')),
  )
  expect(span).toMatchObject({ output: 'Ask [EMAIL] now', costNano: 0 })
  await useConfig(running, withDefaults(guarded('output', 'block')))
  const blocked = await ask({ stream })
  const told = await blocked.text()
  expect(told).toContain('guardrail_blocked')
  expect(told).not.toContain('ada@')
  expect(running.upstream.seen).toHaveLength(1)
})

test('A3.15 an answer that guardrails have changed is not kept, nor one to a question that is not what was sent', async () => {
  running.upstream.pieces = ['Ask ada@example.com now']
  await useConfig(running, withDefaults(guarded('output', 'redact')))
  for (const stream of [false, true]) {
    for (let call = 0; call < 2; call++) {
      const response = await ask({ stream })
      expect(await response.text()).not.toContain('ada@')
      expect(cacheOf(response).outcome).toBe('miss')
    }
  }
  await useConfig(running, withDefaults(guarded('input', 'redact')))
  running.upstream.pieces = ['Written.']
  expect(await outcomeOf({ text: 'Write to ada@example.com' })).toBe('miss')
  expect(await outcomeOf({ text: 'Write to ben@example.com' })).toBe('hit')
  expect(await outcomeOf({ text: 'Call ben@example.com' })).toBe('miss')
  await useConfig(running, answers)
  expect(await outcomeOf({ text: 'Write to ada@example.com' })).toBe('miss')
})

test('figures are in the metrics, and control is told them once', async () => {
  await useConfig(running, answers)
  await ask()
  await ask()
  const labels = `project="${project}",policy="answers"`
  const text = await metrics()
  expect(text).toContain(`ratchet_gateway_cache_requests_total{${labels},outcome="hit"} 1`)
  expect(text).toContain(`ratchet_gateway_cache_requests_total{${labels},outcome="miss"} 1`)
  expect(text).toMatch(/ratchet_gateway_cache_saved_nanodollars_total\{.*\} [1-9]/)
  expect(text).toMatch(/ratchet_gateway_cache_bytes\{place="memory"\} [1-9]/)
  await until(() => Promise.resolve(running.control.cacheReports[0]))
  await ask()
  await running.gateway.stop()
  const reports = running.control.cacheReports
  const sum = (pick: (counts: { hits: number; misses: number }) => number) =>
    reports.flatMap(({ policies }) => policies).reduce((total, { counts }) => total + pick(counts), 0)
  expect([sum(({ hits }) => hits), sum(({ misses }) => misses)]).toEqual([2, 1])
  expect(reports[0]?.policies[0]?.held).toMatchObject({ memoryAnswers: 1 })
  expect(reports.at(-1)).toMatchObject({
    isLast: true,
    policies: [{ held: { memoryAnswers: 0, diskAnswers: 1 } }],
  })
})

test('a client that leaves while a question is embedded leaves nothing behind', async () => {
  const faq = { name: 'faq', mode: 'semantic' as const, embeddingModel: 'any/mode:hang' }
  await useConfig(running, { caches: [faq], defaults: { cache: 'faq' } })
  const leaving = new AbortController()
  const body = { model: 'test/gpt-test', messages: [{ role: 'user', content: 'Hello' }] }
  const call = running.post('/v1/chat/completions', body, {}, leaving.signal).catch(() => 'gone')
  await until(() => Promise.resolve(running.upstream.seen[0]))
  leaving.abort()
  expect(await call).toBe('gone')
  const span = await until(() =>
    Promise.resolve(
      running.control.spans.find(({ status, type }) => status === 'cancelled' && type === 'llm'),
    ),
  )
  expect(span).toMatchObject({ costNano: 0, usage: { inputTokens: 0 } })
  expect(running.upstream.seen.filter(({ path }) => path.endsWith('/completions'))).toEqual([])
})
