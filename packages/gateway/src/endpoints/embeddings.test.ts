import { GoogleGenAI } from '@google/genai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { keys } from '../testing/example-snapshot.ts'
import { startEndpointGateway, type EndpointGateway } from '../testing/start-endpoint-gateway.ts'

let t: EndpointGateway
const titan = 'amazon.titan-embed-text-v2:0'

beforeAll(async () => {
  t = await startEndpointGateway({
    openai: ['embed'],
    gemini: ['gemini-embedding-001'],
    vertex: ['text-embedding-005'],
    cohere: ['embed-v4.0'],
    bedrock: [titan],
  })
})
afterAll(() => t.stop())
beforeEach(() => {
  t.provider.seen.length = 0
  t.provider.answers.clear()
})

const embed = (model: string, input: string | string[], more: object = {}) =>
  t
    .client()
    .embeddings.create({ model, input, encoding_format: 'float', ...more })
    .withResponse()

test('A client of OpenAI gets embeddings of Gemini, with usage and cost in its span', async () => {
  t.provider.answers.set('*', () => ({
    json: {
      embeddings: [{ values: [1, 0] }, { values: [0, 1] }],
      usageMetadata: { promptTokenCount: 7 },
    },
  }))
  const { data, response } = await embed('gemini/gemini-embedding-001', ['a', 'b'], { dimensions: 2 })
  expect(data.data.map(({ embedding, index }) => [index, embedding])).toEqual([
    [0, [1, 0]],
    [1, [0, 1]],
  ])
  expect(data).toMatchObject({ model: 'gemini/gemini-embedding-001', usage: { prompt_tokens: 7 } })
  const [seen] = t.provider.seen
  expect(seen?.path).toBe('/v1beta/models/gemini-embedding-001:batchEmbedContents')
  expect(seen?.headers['x-goog-api-key']).toBe('sk-secret')
  expect(seen?.json['requests']).toMatchObject([
    { model: 'models/gemini-embedding-001', content: { parts: [{ text: 'a' }] }, outputDimensionality: 2 },
    { content: { parts: [{ text: 'b' }] } },
  ])
  expect(await t.spanOf(response)).toMatchObject({
    type: 'embedding',
    status: 'ok',
    usage: { inputTokens: 7, outputTokens: 0 },
    usageEstimated: false,
    costNano: 70,
    costKnown: true,
    output: '{"vectors":2,"dimensions":2}',
  })
})

test('A base64 client gets 32-bit floats, whatever the provider sent', async () => {
  t.provider.answers.set('*', () => ({ json: { embedding: { values: [0.5, -2] } } }))
  const data = await t.client().embeddings.create({ model: 'gemini/gemini-embedding-001', input: 'a' })
  expect([...(data.data[0]?.embedding ?? [])]).toEqual([0.5, -2])
})

test('Vertex predicts and Cohere embeds in their own shapes', async () => {
  t.provider.answers.set(
    'POST /v1/projects/p/locations/l/publishers/google/models/text-embedding-005:predict',
    () => ({ json: { predictions: [{ embeddings: { values: [3], statistics: { token_count: 2 } } }] } }),
  )
  t.provider.answers.set('POST /v2/embed', () => ({
    json: { id: 'e', embeddings: { float: [[4]] }, meta: { billed_units: { input_tokens: 5 } } },
  }))
  const vertex = await embed('vertex/text-embedding-005', 'a')
  expect(vertex.data).toMatchObject({ data: [{ embedding: [3] }], usage: { prompt_tokens: 2 } })
  const cohere = await embed('cohere/embed-v4.0', 'a', { input_type: 'query' })
  expect(cohere.data).toMatchObject({ data: [{ embedding: [4] }], usage: { prompt_tokens: 5 } })
  expect(t.provider.seen.at(-1)?.json).toMatchObject({
    model: 'embed-v4.0',
    texts: ['a'],
    input_type: 'search_query',
  })
})

test('Titan is asked once for each text, signed, and the answers come in order', async () => {
  t.provider.answers.set('*', async ({ json }) => {
    const text = String(json['inputText'])
    // The first answer comes last.
    await new Promise((resolve) => setTimeout(resolve, 30 - Number(text)))
    return { json: { embedding: [Number(text)], inputTextTokenCount: 2 } }
  })
  const texts = Array.from({ length: 20 }, (_, index) => String(index))
  const { data, response } = await embed(`bedrock/${titan}`, texts)
  expect(data.data.map(({ embedding }) => embedding[0])).toEqual(texts.map(Number))
  expect(data.usage.prompt_tokens).toBe(40)
  expect(t.provider.seen).toHaveLength(20)
  expect(t.provider.seen[0]?.path).toBe(`/model/${encodeURIComponent(titan)}/invoke`)
  expect(t.provider.seen[0]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKID\//)
  expect(await t.spanOf(response)).toMatchObject({ usage: { inputTokens: 40 }, costNano: 400 })
})

test('One refusal among several calls is the answer to all, and a fallback takes over', async () => {
  t.provider.answers.set(`POST /model/${encodeURIComponent(titan)}/invoke`, ({ json }) => {
    return json['inputText'] === 'c'
      ? { status: 500, json: { message: 'broken' } }
      : { json: { embedding: [1] } }
  })
  await expect(embed(`bedrock/${titan}`, ['a', 'b', 'c', 'd'])).rejects.toMatchObject({
    status: 500,
    message: expect.stringContaining('broken'),
  })
  t.provider.answers.set('POST /v1/embeddings', () => ({
    json: {
      object: 'list',
      data: ['a', 'b', 'c'].map((_, index) => ({ object: 'embedding', index, embedding: [9] })),
      usage: { prompt_tokens: 3, total_tokens: 3 },
    },
  }))
  await t.configure({
    routes: [
      {
        name: 'vectors',
        targets: [{ model: `bedrock/${titan}` }, { model: 'openai/embed' }],
        retries: { attempts: 0 },
      },
    ],
  })
  const { data } = await embed('vectors', ['a', 'b', 'c'])
  expect(data.data.map(({ embedding }) => embedding)).toEqual([[9], [9], [9]])
})

test('Fewer vectors than texts are no answer', async () => {
  t.provider.answers.set('*', () => ({ json: { embeddings: [{ values: [1] }] } }))
  await expect(embed('gemini/gemini-embedding-001', ['a', 'b'])).rejects.toMatchObject({ status: 502 })
})

test('A provider without embeddings is refused by name, before anybody is asked', async () => {
  await expect(embed('anthropic/claude', 'a')).rejects.toMatchObject({
    status: 400,
    code: 'model_unsupported',
  })
  expect(t.provider.seen).toHaveLength(0)
})

test("Google's client gets embeddings of any provider", async () => {
  const google = new GoogleGenAI({
    apiKey: keys.invoke,
    httpOptions: { baseUrl: t.gateway.url },
  })
  t.provider.answers.set('POST /v1/embeddings', ({ json }) => ({
    json: {
      data: (json['input'] as string[]).map((_, index) => ({ index, embedding: [index, 1] })),
      usage: { prompt_tokens: 4, total_tokens: 4 },
    },
  }))
  const answer = await google.models.embedContent({ model: 'openai/embed', contents: ['a', 'b'] })
  expect(answer.embeddings?.map(({ values }) => values)).toEqual([
    [0, 1],
    [1, 1],
  ])
  expect(t.provider.seen[0]?.json).toMatchObject({ model: 'embed', input: ['a', 'b'] })
  const offline = await google.models.embedContent({ model: 'offline/embedding', contents: 'a' })
  expect(offline.embeddings?.[0]?.values).toHaveLength(384)
  await expect(google.models.embedContent({ model: 'openai/embed', contents: [] })).rejects.toThrow(
    '"requests"',
  )
})
