import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts'
import { upstreamUsage } from './testing/fake-upstream.ts'

let t: TestGateway
beforeAll(async () => {
  t = await startTestGateway()
})
afterAll(() => t.stop())

const messages = [{ role: 'user' as const, content: 'Which port does the gateway use?' }]

test('a plain chat comes back as the provider sent it, and its span has tokens, cost and text', async () => {
  const { data, response } = await t
    .client()
    .chat.completions.create({
      model: 'test/gpt-test',
      messages,
      temperature: 0.5,
      user: 'ada',
      metadata: { session_id: 's1' },
    })
    .withResponse()
  expect(data.choices[0]?.message.content).toBe('Hello, wörld 🌍!')
  expect(data).toMatchObject({
    model: 'gpt-test',
    usage: upstreamUsage,
    system_fingerprint: 'fp_unknown_field',
  })
  const span = await t.spanOf(response)
  expect(span).toMatchObject({
    name: 'test/gpt-test',
    type: 'llm',
    status: 'ok',
    model: 'gpt-test',
    connection: 'test',
    provider: 'openai-compatible',
    usage: {
      inputTokens: 20,
      outputTokens: 7,
      cachedInputTokens: 12,
      reasoningTokens: 3,
      cacheWriteTokens: 0,
    },
    usageEstimated: false,
    // 8 fresh at 2, 12 cached at 1, 7 out at 8 dollars per million.
    costNano: 8 * 2000 + 12 * 1000 + 7 * 8000,
    costKnown: true,
    finishReason: 'stop',
    output: 'Hello, wörld 🌍!',
    input: JSON.stringify(messages),
    sessionId: 's1',
    userId: 'ada',
    environment: 'development',
    keyId: 'key-invoke',
    parentSpanId: '',
    isLocalRoot: true,
  })
  expect(JSON.parse(span.attributes)).toMatchObject({ stream: false, temperature: 0.5 })
})

test('the provider gets the same body with its own model name and our credential, never the client’s', async () => {
  const before = t.upstream.seen.length
  const text = `{ "messages" : [{"role":"user","content":"hi \\u00fc"}],\n "unknown_field": {"kept": [1.50, 1e3]}, "model":"test/gpt-test" }`
  await t.post('/v1/chat/completions', text, { cookie: 'secret=1', 'x-api-key': 'rk_x' })
  const seen = t.upstream.seen[before]
  expect(seen?.text).toBe(text.replace('test/gpt-test', 'gpt-test'))
  expect(seen?.headers.authorization).toBe('Bearer sk-provider-secret')
  expect(JSON.stringify(seen?.headers)).not.toMatch(/rk_|secret=1/)
  expect(seen?.path).toBe('/v1/chat/completions')
})

test('a stream arrives in pieces and ends; usage is counted although the caller did not ask, and hidden', async () => {
  const { data, response } = await t
    .client()
    .chat.completions.create({ model: 'test/gpt-test', messages, stream: true })
    .withResponse()
  const chunks = []
  for await (const chunk of data) chunks.push(chunk)
  expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('Hello, wörld 🌍!')
  expect(chunks.every((chunk) => chunk.choices.length > 0)).toBe(true)
  expect(t.upstream.seen.at(-1)?.json['stream_options']).toEqual({ include_usage: true })
  const span = await t.spanOf(response)
  expect(span).toMatchObject({
    usage: { inputTokens: 20, outputTokens: 7 },
    usageEstimated: false,
    finishReason: 'stop',
    output: 'Hello, wörld 🌍!',
  })
  expect(span.firstTokenUs).toBeGreaterThan(0)
  expect(span.firstTokenUs).toBeLessThanOrEqual(span.durationUs)
})

test('the usage chunk is passed on to a caller who asked for it, and its other options are kept', async () => {
  const stream = await t.client().chat.completions.create({
    model: 'test/gpt-test',
    messages,
    stream: true,
    stream_options: { include_usage: true },
  })
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: upstreamUsage })
  const hidden = await t.post('/v1/chat/completions', {
    model: 'test/gpt-test',
    messages,
    stream: true,
    stream_options: { include_usage: false, include_obfuscation: false },
  })
  expect(await hidden.text()).not.toContain('prompt_tokens')
  expect(t.upstream.seen.at(-1)?.json['stream_options']).toEqual({
    include_usage: true,
    include_obfuscation: false,
  })
})

test('parallel tool calls survive, plain and streamed, and are the span’s output', async () => {
  const tools = [
    {
      type: 'function' as const,
      function: { name: 'weather', parameters: { type: 'object', properties: {} } },
    },
  ]
  const plain = await t
    .client()
    .chat.completions.create({ model: 'any/mode:tool-calls', messages, tools })
    .withResponse()
  expect(plain.data.choices[0]?.message.tool_calls).toHaveLength(2)
  expect(t.upstream.seen.at(-1)?.json['tools']).toEqual(tools)
  const stream = t.client().chat.completions.stream({ model: 'any/mode:tool-calls', messages, tools })
  const final = await stream.finalChatCompletion()
  expect(
    final.choices[0]?.message.tool_calls?.map((call) => call.type === 'function' && call.function.arguments),
  ).toEqual(['{"city":"Bern"}', '{}'])
  const span = await t.spanOf(plain.response)
  expect(JSON.parse(span.output)).toMatchObject({
    tool_calls: [{ id: 'call_1' }, { id: 'call_2', function: { name: 'time' } }],
  })
})

test('embeddings of a provider pass through and are accounted for', async () => {
  const { data, response } = await t
    .client()
    .embeddings.create({ model: 'test/gpt-other', input: 'hello', encoding_format: 'float' })
    .withResponse()
  expect(data.data[0]?.embedding).toEqual([0.5, -0.5])
  expect(await t.spanOf(response)).toMatchObject({
    type: 'embedding',
    usage: { inputTokens: 5 },
    costKnown: false,
    input: '"hello"',
    output: '{"vectors":1,"dimensions":2}',
  })
})

test('models lists connections and deployed apps; one model can be asked for', async () => {
  const ids = (await t.client().models.list()).data.map((model) => model.id)
  expect(ids).toEqual(
    expect.arrayContaining([
      'test/gpt-test',
      'offline/extractive',
      'offline/embedding',
      'app/docs-assistant',
    ]),
  )
  expect(await t.client().models.retrieve('test/gpt-test')).toMatchObject({
    id: 'test/gpt-test',
    object: 'model',
    owned_by: 'test',
    ratchet: { type: 'model', abilities: ['streaming'], lacks: [] },
  })
  await expect(t.client().models.retrieve('test/gpt-tst')).rejects.toMatchObject({ status: 404 })
})

test('a bare model name works when one connection lists it and is refused when several do', async () => {
  const answer = await t.client().chat.completions.create({ model: 'gpt-test', messages })
  expect(answer.choices[0]?.message.content).toContain('Hello')
  await expect(t.client().chat.completions.create({ model: 'gpt-other', messages })).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('"test/gpt-other" or "refused/gpt-other"') as string,
  })
})

test('a server that answers a stream with plain JSON, with gzip, or with CRLF is still understood', async () => {
  for (const mode of ['json-for-stream', 'crlf', 'end-without-done']) {
    const stream = await t
      .client()
      .chat.completions.create({ model: `any/mode:${mode}`, messages, stream: true })
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toBe('Hello, wörld 🌍!')
  }
  const plain = await t.client().chat.completions.create({ model: 'any/mode:gzip', messages })
  expect(plain.choices[0]?.message.content).toBe('Hello, wörld 🌍!')
})

test('a provider without usage gets an estimate that is marked as one', async () => {
  const { response } = await t
    .client()
    .chat.completions.create({ model: 'any/mode:no-usage', messages })
    .withResponse()
  const span = await t.spanOf(response)
  expect(span.usageEstimated).toBe(true)
  expect(span.usage.inputTokens).toBeGreaterThan(3)
  expect(span.usage.outputTokens).toBeGreaterThan(2)
})

test('the trace of a caller who has one goes on, and the call is still listed', async () => {
  const traceId = 'a'.repeat(32)
  await t.post(
    '/v1/chat/completions',
    { model: 'test/gpt-test', messages },
    { traceparent: `00-${traceId}-${'b'.repeat(16)}-01` },
  )
  expect(await t.spanOf(traceId)).toMatchObject({ parentSpanId: 'b'.repeat(16), isLocalRoot: true })
})
