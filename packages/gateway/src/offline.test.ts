import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts'

let t: TestGateway
beforeAll(async () => {
  t = await startTestGateway()
})
afterAll(() => t.stop())

const messages = [
  {
    role: 'system' as const,
    content:
      'Answer from the sources.\n[1] Ports\nThe gateway listens on port 4701. The console listens on port 4700.',
  },
  { role: 'user' as const, content: 'Which port does the gateway use?' },
]

test('offline/extractive answers without any key, with usage, at no cost', async () => {
  const { data, response } = await t
    .client()
    .chat.completions.create({ model: 'offline/extractive', messages })
    .withResponse()
  expect(data.choices[0]?.message.content).toContain('4701')
  expect(data.usage?.completion_tokens).toBeGreaterThan(0)
  expect(await t.spanOf(response)).toMatchObject({
    provider: 'offline',
    costNano: 0,
    costKnown: true,
    usageEstimated: false,
  })
})

test('streamed it comes in several pieces with a usage chunk on demand', async () => {
  const stream = await t.client().chat.completions.create({
    model: 'offline/extractive',
    messages,
    stream: true,
    stream_options: { include_usage: true },
  })
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  expect(chunks.length).toBeGreaterThan(5)
  expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toContain('4701')
  expect(chunks.at(-1)?.usage?.total_tokens).toBeGreaterThan(0)
  expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop')
})

test('it fills a JSON schema and calls a tool, plain and streamed', async () => {
  const schema = {
    type: 'object',
    properties: { port: { type: 'integer' } },
    required: ['port'],
    additionalProperties: false,
  }
  const filled = await t.client().chat.completions.create({
    model: 'offline/extractive',
    messages,
    response_format: { type: 'json_schema', json_schema: { name: 'port', schema, strict: true } },
  })
  expect(JSON.parse(filled.choices[0]?.message.content ?? '')).toHaveProperty('port')
  const tools = [
    {
      type: 'function' as const,
      function: {
        name: 'find_port',
        description: 'Finds the port of a process',
        parameters: { type: 'object', properties: { process: { type: 'string' } }, required: ['process'] },
      },
    },
  ]
  const call = t
    .client()
    .chat.completions.stream({ model: 'offline/extractive', messages, tools, tool_choice: 'required' })
  const [made] = (await call.finalChatCompletion()).choices[0]?.message.tool_calls ?? []
  expect(made).toMatchObject({ type: 'function', function: { name: 'find_port' } })
  expect(made?.type === 'function' && (JSON.parse(made.function.arguments) as object)).toHaveProperty(
    'process',
  )
})

test('embeddings are the same as floats and as base64, which the SDK asks for by itself', async () => {
  const floats = await t
    .client()
    .embeddings.create({ model: 'offline/embedding', input: ['one port', 'two'], encoding_format: 'float' })
  const encoded = await t
    .client()
    .embeddings.create({ model: 'offline/embedding', input: ['one port', 'two'] })
  expect(floats.data.map((row) => row.embedding.length)).toEqual([384, 384])
  expect(encoded.data[0]?.embedding[7]).toBeCloseTo(floats.data[0]?.embedding[7] ?? 9, 6)
  expect(floats.usage.prompt_tokens).toBe(3)
})

test.each([
  [
    'chat with the embedding model',
    '/v1/chat/completions',
    { model: 'offline/embedding', messages },
    'offline/extractive',
  ],
  [
    'embeddings of the chat model',
    '/v1/embeddings',
    { model: 'offline/extractive', input: 'x' },
    'offline/embedding',
  ],
  [
    'token numbers',
    '/v1/embeddings',
    { model: 'offline/embedding', input: [[1, 2]] },
    'takes no token numbers',
  ],
  [
    'other dimensions',
    '/v1/embeddings',
    { model: 'offline/embedding', input: 'x', dimensions: 64 },
    '384 dimensions',
  ],
  [
    'an unknown offline model',
    '/v1/chat/completions',
    { model: 'offline/extractiv', messages },
    'offline/extractive',
  ],
])('%s is refused with what works instead', async (_, path, body, hint) => {
  const response = await t.post(path, body)
  expect([400, 404]).toContain(response.status)
  expect(await response.text()).toContain(hint)
})
