import { gatewayConfig, type GatewayConfig } from '@ratchet/contract'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { z } from 'zod'
import { keys, project } from './testing/example-snapshot.ts'
import { startTestGateway, until, type TestGateway } from './testing/start-test-gateway.ts'
import { watchStalls } from './testing/watch-stalls.ts'

let running: TestGateway

beforeAll(async () => {
  running = await startTestGateway()
})
afterAll(() => running.stop())
beforeEach(() => {
  running.upstream.seen.length = 0
})

/** Puts a configuration in force. */
async function configure(config: z.input<typeof gatewayConfig>): Promise<GatewayConfig> {
  const parsed = gatewayConfig.parse(config)
  await running.publish({ gateway: [{ project, config: parsed }] })
  return parsed
}

const messages = [{ role: 'user', content: 'Hello there' }]
const ask = (model: string, more: object = {}) =>
  running.post('/v1/chat/completions', { model, messages, ...more })
const spansOf = (response: Response, count: number) =>
  until(async () => {
    const traceId = response.headers.get('x-ratchet-trace-id')
    const spans = running.control.spans.filter((span) => span.traceId === traceId)
    return spans.length >= count ? spans : undefined
  })

test('a route falls back to the next model, and each attempt that failed is a span with its reason', async () => {
  await configure({
    routes: [
      {
        name: 'steady',
        targets: [{ model: 'refused/gpt-other' }, { model: 'test/gpt-test' }],
        retries: { attempts: 0 },
      },
    ],
  })
  const response = await ask('steady')
  expect(response.status).toBe(200)
  const spans = await spansOf(response, 2)
  const call = spans.find(({ parentSpanId }) => parentSpanId === '')
  const attempt = spans.find(({ name }) => name.startsWith('attempt'))
  expect(call).toMatchObject({ name: 'test/gpt-test', status: 'ok', connection: 'test' })
  expect(JSON.parse(call?.attributes ?? '{}')).toMatchObject({ route: 'steady', attempts: 2 })
  expect(attempt).toMatchObject({
    name: 'attempt refused/gpt-other',
    status: 'error',
    parentSpanId: call?.spanId,
  })
  expect(JSON.parse(attempt?.attributes ?? '{}')).toMatchObject({ next: 'next-target', attempt: 1 })
})

test('A3.2 a stream that fails before its first content goes on with the next model, unseen by the client', async () => {
  const targets = [
    { model: 'any/mode:error-event-first' },
    { model: 'any/mode:cut-before-content' },
    { model: 'test/gpt-test' },
  ]
  await configure({ routes: [{ name: 'steady', targets, retries: { attempts: 0 } }] })
  const response = await ask('steady', { stream: true })
  const text = await response.text()
  expect(response.status).toBe(200)
  expect(text).not.toContain('error')
  expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true)
  const spans = await spansOf(response, 3)
  expect(spans.filter(({ name }) => name.startsWith('attempt'))).toHaveLength(2)
})

test('a request that is itself at fault is not sent to anybody else', async () => {
  await configure({
    routes: [
      {
        name: 'steady',
        targets: [{ model: 'any/mode:unknown-model' }, { model: 'test/gpt-test' }],
        fallbackOn: ['timeout'],
      },
    ],
  })
  const response = await ask('steady')
  expect(response.status).toBe(404)
  expect(running.upstream.seen).toHaveLength(1)
})

test('rules look at what the request says', async () => {
  await configure({
    routes: [
      {
        name: 'smart',
        targets: [{ model: 'test/gpt-test' }],
        rules: [
          {
            name: 'gold',
            when: { field: 'metadata.tier', equals: 'gold' },
            targets: [{ model: 'test/gpt-other' }],
          },
        ],
      },
    ],
  })
  await ask('smart')
  await ask('smart', { metadata: { tier: 'gold' } })
  expect(running.upstream.seen.map(({ json }) => json['model'])).toEqual(['gpt-test', 'gpt-other'])
})

test('routes are listed among the models', async () => {
  await configure({ routes: [{ name: 'steady', targets: [{ model: 'test/gpt-test' }] }] })
  const list = await running.client().models.list()
  expect(list.data.find(({ id }) => id === 'steady')).toMatchObject({
    owned_by: 'ratchet',
    ratchet: { type: 'route', abilities: ['streaming'] },
  })
})

test('a cascade asks the next model when the cheap one’s answer does not pass, and counts both', async () => {
  await configure({
    routes: [
      {
        name: 'thrifty',
        cascade: {
          steps: ['offline/extractive', 'test/gpt-test'],
          checks: [{ type: 'min-length', characters: 5_000 }],
        },
        baseline: 'test/gpt-test',
      },
    ],
  })
  const response = await ask('thrifty')
  expect(
    ((await response.json()) as { choices: { message: { content: string } }[] }).choices[0]?.message.content,
  ).toContain('Hel')
  const spans = await spansOf(response, 2)
  const rejected = spans.find(({ name }) => name === 'attempt offline/extractive')
  expect(rejected?.errorMessage).toContain('characters')
  const call = spans.find(({ parentSpanId }) => parentSpanId === '')
  expect(JSON.parse(call?.attributes ?? '{}')).toMatchObject({
    route: 'thrifty',
    branch: 'cascade',
    saved_nano: 0,
  })
})

test('the first answer wins when a route hedges', async () => {
  await configure({
    routes: [
      {
        name: 'quick',
        targets: [{ model: 'any/mode:hang' }, { model: 'test/gpt-test' }],
        hedgeAfterMs: 50,
        retries: { attempts: 0 },
      },
    ],
  })
  const stalls = watchStalls()
  const startMs = performance.now()
  const response = await ask('quick')
  expect(response.status).toBe(200)
  expect(performance.now() - startMs).toBeLessThan(1_500 + stalls.stoodMs())
  await until(async () => running.upstream.seen.find(({ closedMs }) => closedMs !== undefined))
})

test('limits refuse with 429, say when to come back, and count a call once', async () => {
  await configure({
    limits: [
      { name: 'few', scope: 'key', measure: 'requests', limit: 2, windowSeconds: 60, window: 'fixed' },
    ],
  })
  const statuses = []
  for (let call = 0; call < 3; call++) statuses.push((await ask('test/gpt-test')).status)
  const refused = await ask('test/gpt-test')
  expect(statuses).toEqual([200, 200, 429])
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await refused.json()).toMatchObject({ error: { code: 'rate_limited', type: 'rate_limit_error' } })
})

const pii = { type: 'pii' as const, kinds: ['email' as const] }

test('a guardrail redacts what is sent to the model and what is kept in the trace', async () => {
  await configure({
    guardrails: [
      { name: 'privacy', rules: [{ name: 'mail', detectors: [pii], on: ['input'], action: 'redact' }] },
    ],
    defaults: { guardrails: ['privacy'] },
  })
  const response = await ask('test/gpt-test', {
    messages: [{ role: 'user', content: 'Write to ada@example.com please' }],
  })
  expect(response.status).toBe(200)
  expect(running.upstream.seen[0]?.text).not.toContain('ada@example.com')
  const spans = await spansOf(response, 2)
  expect(JSON.stringify(spans)).not.toContain('ada@example.com')
  const guard = spans.find(({ type }) => type === 'guard')
  expect(JSON.parse(guard?.attributes ?? '{}')).toMatchObject({ place: 'input', verdict: 'redacted' })
})

test('A3.15 what a caller puts into the mouth of the model is checked like everything else', async () => {
  await configure({
    guardrails: [
      { name: 'privacy', rules: [{ name: 'mail', detectors: [pii], on: ['input'], action: 'redact' }] },
    ],
    defaults: { guardrails: ['privacy'] },
  })
  const call = {
    id: 'c1',
    type: 'function',
    function: { name: 'send', arguments: '{"to":"eve@example.com"}' },
  }
  await ask('test/gpt-test', {
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'I know ada@example.com', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c1', content: 'done' },
    ],
  })
  expect(running.upstream.seen).toHaveLength(1)
  expect(running.upstream.seen[0]?.text).not.toMatch(/ada@|eve@/)
})

test('a call that guardrails cannot read says so in its span', async () => {
  await configure({
    guardrails: [
      { name: 'privacy', rules: [{ name: 'mail', detectors: [pii], on: ['input'], action: 'redact' }] },
    ],
    defaults: { guardrails: ['privacy'] },
  })
  const response = await running.post('/v1/moderations', { model: 'test/gpt-test', input: 'Hello' })
  const [span] = await spansOf(response, 1)
  expect(JSON.parse(span?.attributes ?? '{}')).toMatchObject({ guardrails: 'not scanned: moderations' })
})

test('a guardrail that blocks asks nobody', async () => {
  await configure({
    guardrails: [
      { name: 'privacy', rules: [{ name: 'mail', detectors: [pii], on: ['input'], action: 'block' }] },
    ],
    defaults: { guardrails: ['privacy'] },
  })
  const response = await ask('test/gpt-test', { messages: [{ role: 'user', content: 'ada@example.com' }] })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { code: 'guardrail_blocked' } })
  expect(running.upstream.seen).toHaveLength(0)
})

test.each(['buffer', 'window'] as const)(
  'a stream is redacted in mode %s, however it was cut',
  async (streaming) => {
    running.upstream.pieces = ['Ask a', 'da@exa', 'mple.c', 'om now, please.']
    await configure({
      guardrails: [
        {
          name: 'privacy',
          rules: [{ name: 'mail', detectors: [pii], on: ['output'], action: 'redact', streaming }],
        },
      ],
      defaults: { guardrails: ['privacy'] },
    })
    const stream = await running.client().chat.completions.create({
      model: 'test/gpt-test',
      messages: [{ role: 'user', content: 'x' }],
      stream: true,
    })
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toBe('Ask [EMAIL] now, please.')
    running.upstream.pieces = ['Hel', 'lo, ', 'wörld ', '🌍!']
  },
)

test('a stream that a provider answers with one document is redacted like every other', async () => {
  running.upstream.pieces = ['Ask ada@example.com now.']
  const rule = { name: 'mail', detectors: [pii], on: ['output' as const], action: 'redact' as const }
  await configure({
    guardrails: [{ name: 'privacy', rules: [{ ...rule, streaming: 'window' }] }],
    defaults: { guardrails: ['privacy'] },
  })
  const text = await (await ask('any/mode:json-for-stream', { stream: true })).text()
  expect(text).toContain('[EMAIL]')
  expect(text).not.toContain('ada@example.com')
  running.upstream.pieces = ['Hel', 'lo, ', 'wörld ', '🌍!']
})

test('an answer that breaks a rule is asked for again, with what was wrong', async () => {
  await configure({
    guardrails: [
      {
        name: 'form',
        rules: [
          {
            name: 'json',
            detectors: [{ type: 'json-schema', schema: { type: 'object' } }],
            on: ['output'],
            action: 'ask-again',
            message: 'JSON only.',
          },
        ],
      },
    ],
    defaults: { guardrails: ['form'] },
  })
  const response = await ask('test/gpt-test')
  expect(response.status).toBe(400)
  expect(running.upstream.seen).toHaveLength(3)
  expect(running.upstream.seen[2]?.text).toContain('JSON only.')
  // What is said to the model would puzzle the caller.
  const { error } = (await response.json()) as { error: { message: string } }
  expect(error.message).toContain('The answer was blocked by rule "json" of guardrail "form"')
})

test('an Anthropic client gets its own format from an OpenAI-compatible model, whole and streamed', async () => {
  await configure({})
  const body = {
    model: 'test/gpt-test',
    max_tokens: 50,
    system: 'Be brief.',
    messages: [{ role: 'user', content: 'Hi' }],
  }
  const headers = { 'x-api-key': keys.invoke, 'anthropic-version': '2023-06-01' }
  const whole = await running.post('/v1/messages', body, headers)
  expect(whole.status).toBe(200)
  expect(await whole.json()).toMatchObject({
    type: 'message',
    role: 'assistant',
    content: [{ type: 'text', text: 'Hello, wörld 🌍!' }],
    usage: { input_tokens: 8, cache_read_input_tokens: 12, output_tokens: 7 },
  })
  expect(running.upstream.seen[0]?.json).toMatchObject({
    model: 'gpt-test',
    messages: [{ role: 'system' }, { role: 'user' }],
  })
  const streamed = await running.post('/v1/messages', { ...body, stream: true }, headers)
  const text = await streamed.text()
  expect(text).toContain('event: message_start')
  expect(text.trimEnd().endsWith('data: {"type":"message_stop"}')).toBe(true)
  const refused = await running.post('/v1/messages', { ...body, model: 'nowhere/x' }, headers)
  expect(await refused.json()).toMatchObject({ type: 'error', error: { type: 'not_found_error' } })
})

test('Responses and Gemini clients are answered in their formats', async () => {
  await configure({})
  const responses = await running.client().responses.create({ model: 'test/gpt-test', input: 'Hi' })
  expect(responses.output_text).toBe('Hello, wörld 🌍!')
  const path = '/v1beta/models/test/gpt-test:generateContent'
  const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }]
  const gemini = await running.post(path, { contents }, { 'x-goog-api-key': keys.invoke })
  expect(await gemini.json()).toMatchObject({
    candidates: [{ content: { role: 'model', parts: [{ text: 'Hello, wörld 🌍!' }] }, finishReason: 'STOP' }],
  })
  const stream = await running.post('/v1beta/models/test/gpt-test:streamGenerateContent', { contents })
  expect(JSON.parse(await stream.text())).toBeInstanceOf(Array)
})

test('an app answers in any format', async () => {
  await configure({})
  const headers = { 'x-api-key': keys.invoke }
  const body = { model: 'app/docs-assistant', max_tokens: 50, messages: [{ role: 'user', content: 'Hi' }] }
  const whole = await running.post('/v1/messages', body, headers)
  expect(await whole.json()).toMatchObject({ type: 'message', stop_reason: 'end_turn' })
  const text = await (await running.post('/v1/messages', { ...body, stream: true }, headers)).text()
  expect(text).toContain('text_delta')
  expect(text).toContain('message_stop')
})
