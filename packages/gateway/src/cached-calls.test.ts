import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { attributesOf, cacheOf, useConfig, type CacheConfig } from './testing/cached-gateway.ts'
import { keys, otherProject } from './testing/example-snapshot.ts'
import { startTestGateway, until, type TestGateway } from './testing/start-test-gateway.ts'

let running: TestGateway
let asked = 0

beforeAll(async () => {
  running = await startTestGateway()
})
afterAll(() => running.stop())
beforeEach(() => {
  running.upstream.seen.length = 0
  running.upstream.pieces = ['Hel', 'lo, ', 'wörld ', '🌍!']
  asked += 1
})

const answers = { caches: [{ name: 'answers' }], defaults: { cache: 'answers' } } satisfies CacheConfig
const configure = (config: CacheConfig = answers) => useConfig(running, config)
/** A question that no other test has asked. */
const question = (text = 'How do I rinse the filter?') => `${text} (${asked})`
const ask = (more: object = {}, headers: Record<string, string> = {}) =>
  running.post(
    '/v1/chat/completions',
    { model: 'test/gpt-test', messages: [{ role: 'user', content: question() }], ...more },
    headers,
  )
const seen = () => running.upstream.seen.length

test('the same question again is answered from the cache with the same bytes, for nothing, and is a span that says so', async () => {
  await configure()
  const first = await ask()
  const second = await ask({ user: 'somebody else' })
  const texts = [await first.text(), await second.text()]
  expect(texts[1]).toBe(texts[0])
  expect(seen()).toBe(1)
  const { key } = cacheOf(first)
  expect(cacheOf(first)).toEqual({ outcome: 'miss', age: null, key: expect.stringMatching(/^[0-9a-f]{64}$/) })
  expect(cacheOf(second)).toEqual({ outcome: 'hit', age: '0', key })
  const asked = await running.spanOf(first)
  const hit = await running.spanOf(second)
  expect(attributesOf(asked)).toMatchObject({ cache: 'miss', cache_policy: 'answers', cache_key: key })
  expect(hit).toMatchObject({
    status: 'ok',
    name: 'test/gpt-test',
    model: 'gpt-test',
    connection: '',
    costNano: 0,
    costKnown: true,
    output: 'Hello, wörld 🌍!',
    usage: { inputTokens: 0, outputTokens: 0 },
  })
  expect(attributesOf(hit)).toMatchObject({ cache: 'hit', cache_key: key, saved_nano: asked.costNano })
  expect(asked.costNano).toBeGreaterThan(0)
})

test('an answer that was kept plain is streamed, and one that was streamed is given plain', async () => {
  await configure()
  const plain = (await (await ask()).json()) as { choices: { message: { content: string } }[] }
  const streamed = await ask({ stream: true, stream_options: { include_usage: true } })
  const text = await streamed.text()
  expect(streamed.headers.get('content-type')).toContain('event-stream')
  expect(cacheOf(streamed).outcome).toBe('hit')
  const events = text
    .trim()
    .split('\n\n')
    .map((line) => line.slice('data: '.length))
  expect(events.at(-1)).toBe('[DONE]')
  const chunks = events.slice(0, -1).map((line) => JSON.parse(line) as Chunk)
  expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Hello, wörld 🌍!')
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 20, completion_tokens: 7 } })
  expect(plain.choices[0]?.message.content).toBe('Hello, wörld 🌍!')
  asked += 1_000
  await (await ask({ stream: true })).text()
  const again = await ask()
  expect(cacheOf(again).outcome).toBe('hit')
  expect(await again.json()).toMatchObject({
    id: 'chatcmpl-fake',
    object: 'chat.completion',
    choices: [{ message: { role: 'assistant', content: 'Hello, wörld 🌍!' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 20, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 12 } },
  })
  expect(seen()).toBe(2)
})
type Chunk = { choices: { delta: { content?: string } }[]; usage?: object }

test('a client that does not ask for usage gets none of a replayed stream', async () => {
  await configure()
  await ask()
  const text = await (await ask({ stream: true })).text()
  expect(text).not.toContain('usage')
})

test('tool calls come back from the cache as they were, plain and streamed', async () => {
  await configure()
  const model = 'any/mode:tool-calls'
  const first = await (await ask({ model })).text()
  const second = await ask({ model })
  expect(cacheOf(second).outcome).toBe('hit')
  expect(await second.text()).toBe(first)
  const stream = await running.client().chat.completions.create({
    model,
    messages: [{ role: 'user', content: question() }],
    stream: true,
  })
  let pieces = ''
  for await (const chunk of stream)
    pieces +=
      chunk.choices[0]?.delta.tool_calls?.map((call) => call.function?.arguments ?? '').join('|') ?? ''
  expect(pieces).toContain('{"city":"Bern"}')
  expect(seen()).toBe(1)
})

const contents = () => [{ role: 'user', parts: [{ text: question() }] }]
const formats = [
  {
    name: 'OpenAI Responses',
    path: '/v1/responses',
    streamPath: '/v1/responses',
    body: () => ({ model: 'test/gpt-test', input: question() }),
    stream: { stream: true },
    end: 'response.completed',
  },
  {
    name: 'Anthropic Messages',
    path: '/v1/messages',
    streamPath: '/v1/messages',
    body: () => ({
      model: 'test/gpt-test',
      max_tokens: 50,
      messages: [{ role: 'user', content: question() }],
    }),
    stream: { stream: true },
    end: 'message_stop',
  },
  {
    name: 'Gemini',
    path: '/v1beta/models/test/gpt-test:generateContent',
    streamPath: '/v1beta/models/test/gpt-test:streamGenerateContent?alt=sse',
    body: () => ({ contents: contents() }),
    stream: {},
    end: 'STOP',
  },
  {
    name: 'Gemini without alt=sse',
    path: '/v1beta/models/test/gpt-test:generateContent',
    streamPath: '/v1beta/models/test/gpt-test:streamGenerateContent',
    body: () => ({ contents: contents() }),
    stream: {},
    end: 'STOP',
  },
]

/** Each response is one of its own. */
const withoutId = (text: string) => text.replaceAll(/(resp|msg)_\w+/g, '$1_')

test.each(formats)('$name: what came plain is streamed again, and the other way round', async (format) => {
  await configure()
  const { path, streamPath, body, stream, end } = format
  const first = await running.post(path, body())
  const again = await running.post(path, body())
  expect([cacheOf(first).outcome, cacheOf(again).outcome]).toEqual(['miss', 'hit'])
  expect(withoutId(await again.text())).toBe(withoutId(await first.text()))
  const streamed = await running.post(streamPath, { ...body(), ...stream })
  const text = await streamed.text()
  expect(cacheOf(streamed).outcome).toBe('hit')
  expect(text).toContain('Hello, wörld 🌍!')
  expect(text).toContain(end)
  asked += 2_000
  await (await running.post(streamPath, { ...body(), ...stream })).text()
  const plain = await running.post(path, body())
  expect(cacheOf(plain).outcome).toBe('hit')
  expect(JSON.stringify(await plain.json())).toContain('Hello, wörld 🌍!')
  expect(seen()).toBe(2)
})

test('A3.15 formats do not share answers: each is given what it can read', async () => {
  await configure()
  const messages = [{ role: 'user', content: question() }]
  const body = { model: 'test/gpt-test', max_tokens: 50, messages }
  expect(cacheOf(await running.post('/v1/chat/completions', body)).outcome).toBe('miss')
  const other = await running.post('/v1/messages', body)
  expect(cacheOf(other).outcome).toBe('miss')
  expect(await other.json()).toMatchObject({ type: 'message' })
})

test('A3.15 what the first caller said of itself is not in the answer that the next one gets', async () => {
  await configure()
  const body = { model: 'test/gpt-test', input: question() }
  const one = { ...body, metadata: { ticket: 'secret-4711' }, safety_identifier: 'customer-7' }
  expect(await (await running.post('/v1/responses', one)).text()).toContain('secret-4711')
  const other = await running.post('/v1/responses', body)
  expect(cacheOf(other).outcome).toBe('hit')
  const text = await other.text()
  expect(text).not.toContain('secret-4711')
  expect(text).not.toContain('customer-7')
  const third = await running.post('/v1/responses', { ...body, metadata: { ticket: 'mine' } })
  expect(await third.json()).toMatchObject({ metadata: { ticket: 'mine' } })
  expect(seen()).toBe(1)
})

test('A3.15 each response from the cache has its own id, and can be continued and deleted by it alone', async () => {
  await configure()
  const responses = () => running.client().responses.create({ model: 'test/gpt-test', input: question() })
  const [first, second] = [await responses(), await responses()]
  expect(second.id).not.toBe(first.id)
  const more = (id: string, extra: object = {}) =>
    running.post('/v1/responses', {
      model: 'test/gpt-test',
      input: 'And then?',
      previous_response_id: id,
      ...extra,
    })
  const continued = await more(second.id)
  expect(cacheOf(continued).outcome).toBe('miss')
  expect(JSON.stringify(running.upstream.seen.at(-1)?.json)).toContain(question())
  const again = await more(first.id)
  expect(cacheOf(again).outcome).toBe('hit')
  expect(await again.json()).toMatchObject({ previous_response_id: first.id })
  const stream = await more(first.id, { stream: true })
  expect(cacheOf(stream).outcome).toBe('hit')
  const text = await stream.text()
  expect(text).toContain(`"previous_response_id":"${first.id}"`)
  expect(text).not.toContain(second.id)
  await running.client().responses.delete(first.id)
  expect((await more(first.id)).status).toBe(400)
  expect((await more(second.id)).status).toBe(200)
  await running.client().responses.retrieve(second.id)
})

test('embeddings are cached, in the format of each client', async () => {
  await configure()
  const content = { parts: [{ text: question() }] }
  const path = '/v1beta/models/test/gpt-test:embedContent'
  const gemini = await running.post(path, { content })
  const geminiAgain = await running.post(path, { content })
  expect([cacheOf(gemini).outcome, cacheOf(geminiAgain).outcome]).toEqual(['miss', 'hit'])
  expect(await geminiAgain.text()).toBe(await gemini.text())
  const body = { model: 'test/gpt-test', input: question() }
  const first = await running.post('/v1/embeddings', body)
  const second = await running.post('/v1/embeddings', body)
  expect([cacheOf(first).outcome, cacheOf(second).outcome]).toEqual(['miss', 'hit'])
  expect(await second.text()).toBe(await first.text())
  expect(cacheOf(await running.post('/v1/embeddings', { ...body, input: 'other' })).outcome).toBe('miss')
  expect(await running.spanOf(second)).toMatchObject({ type: 'embedding', costNano: 0 })
})

test('without a policy nothing is said and nothing kept', async () => {
  await configure({ caches: [{ name: 'answers' }] })
  for (let call = 0; call < 2; call++) expect(cacheOf(await ask()).outcome).toBeNull()
  await configure({})
  expect(cacheOf(await ask({}, { 'x-ratchet-cache': 'only-if-cached' })).outcome).toBeNull()
  expect(seen()).toBe(3)
})

test('a route names its own policy, which goes before the default one', async () => {
  await configure({
    caches: [{ name: 'answers' }, { name: 'strict', maxTemperature: 0 }],
    routes: [{ name: 'support', targets: [{ model: 'test/gpt-test' }], cache: 'strict' }],
    defaults: { cache: 'answers' },
  })
  const response = await ask({ model: 'support' })
  expect(cacheOf(response)).toEqual({ outcome: 'bypass', age: null, key: null })
  expect(attributesOf(await running.spanOf(response))).toMatchObject({
    cache: 'bypass',
    cache_policy: 'strict',
    cache_reason: 'temperature 1 is above 0',
  })
})

test('A3.15 projects never share answers, whatever the scope', async () => {
  await configure()
  await ask()
  const model = 'offline/extractive'
  const connections = running.snapshot.connections.map((each) => ({ ...each, project: otherProject }))
  await useConfig(running, answers, { connections: [...running.snapshot.connections, ...connections] })
  const other = await ask({}, { authorization: `Bearer ${keys.other}` })
  expect([other.status, cacheOf(other).outcome]).toEqual([200, 'miss'])
  expect(cacheOf(await ask({}, { authorization: `Bearer ${keys.other}` })).outcome).toBe('hit')
  expect(cacheOf(await ask()).outcome).toBe('hit')
  expect(cacheOf(await ask({ model })).outcome).toBe('miss')
})

test('A3.15 keys, users and environments are kept apart as the scope says', async () => {
  const as = { authorization: `Bearer ${keys.admin}` }
  await configure({ caches: [{ name: 'answers', scope: 'key' }], defaults: { cache: 'answers' } })
  await ask()
  expect(cacheOf(await ask({}, as)).outcome).toBe('miss')
  expect(cacheOf(await ask()).outcome).toBe('hit')
  await configure({ caches: [{ name: 'answers', scope: 'user' }], defaults: { cache: 'answers' } })
  expect(cacheOf(await ask()).outcome).toBe('bypass')
  await ask({ user: 'ada' })
  expect(cacheOf(await ask({ user: 'ben' })).outcome).toBe('miss')
  expect(cacheOf(await ask({ user: 'ada' })).outcome).toBe('hit')
  await configure()
  await ask()
  expect(cacheOf(await ask({}, as)).outcome).toBe('hit')
  expect(cacheOf(await ask({}, { ...as, 'x-ratchet-environment': 'production' })).outcome).toBe('miss')
})

test('A3.15 requests that differ in anything that may change the answer do not share one', async () => {
  await configure()
  await ask()
  const others = [
    ask({ temperature: 0 }),
    ask({ tools: [{ type: 'function', function: { name: 'x' } }] }),
    ask({ model: 'test/gpt-other' }),
    ask({ unknown_field: 1 }),
    ask({}, { 'x-ratchet-drop-unsupported': 'true' }),
    ask({
      messages: [
        { role: 'system', content: 'Be brief' },
        { role: 'user', content: question() },
      ],
    }),
  ]
  for (const each of others) expect(cacheOf(await each).outcome).toBe('miss')
  const moved = running.snapshot.connections.map((each) => ({ ...each, baseUrl: `${each.baseUrl}/` }))
  await useConfig(running, answers, { connections: moved })
  expect(cacheOf(await ask()).outcome).toBe('miss')
})

test('clients say how the cache is used: refresh, no-store, no-cache, only-if-cached and an age', async () => {
  await configure()
  const wish = (value: string) => ask({}, { 'x-ratchet-cache': value })
  const refused = await wish('only-if-cached')
  expect(refused.status).toBe(404)
  expect(await refused.json()).toMatchObject({ error: { code: 'not_found' } })
  expect(seen()).toBe(0)
  expect(cacheOf(await wish('no-store')).outcome).toBe('miss')
  expect((await wish('only-if-cached')).status).toBe(404)
  await ask()
  expect((await wish('only-if-cached')).status).toBe(200)
  expect(cacheOf(await wish('no-cache')).outcome).toBe('bypass')
  running.upstream.pieces = ['New!']
  expect(cacheOf(await wish('refresh')).outcome).toBe('miss')
  expect(await (await ask()).text()).toContain('New!')
  await until(
    async () => cacheOf(await ask({}, { 'x-ratchet-cache-ttl': '1' })).outcome === 'miss' || undefined,
  )
  const wrong = await wish('sometimes')
  expect(wrong.status).toBe(400)
  expect(await wrong.json()).toMatchObject({
    error: { message: expect.stringContaining('x-ratchet-cache is "sometimes"') },
  })
})

test('answers that failed, were cut or came with a broken event are not kept', async () => {
  await configure()
  for (const model of ['any/mode:server-error', 'any/mode:cut-mid-stream', 'any/mode:malformed-event']) {
    for (let call = 0; call < 2; call++) {
      const response = await ask({ model, stream: true })
      await response.text().catch(() => '')
      expect(cacheOf(response).outcome).toBe('miss')
    }
  }
})

test('a hit uses nothing of a limit of tokens, and shows what is left', async () => {
  await configure({
    ...answers,
    limits: [
      { name: 'few', scope: 'project', measure: 'requests', limit: 2, windowSeconds: 60, window: 'fixed' },
    ],
  })
  await ask()
  for (let call = 0; call < 5; call++) {
    const hit = await ask()
    expect([hit.status, cacheOf(hit).outcome]).toEqual([200, 'hit'])
    expect(hit.headers.get('x-ratelimit-remaining-requests')).toBe('1')
  }
  expect((await ask({ temperature: 0.1 })).status).toBe(200)
  expect((await ask({ temperature: 0.2 })).status).toBe(429)
})
