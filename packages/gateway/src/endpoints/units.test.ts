import Anthropic from '@anthropic-ai/sdk'
import type { gatewayConfig } from '@ratchet/contract'
import type OpenAI from 'openai'
import { toFile } from 'openai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { z } from 'zod'
import { keys } from '../testing/example-snapshot.ts'
import { startEndpointGateway, type EndpointGateway } from '../testing/start-endpoint-gateway.ts'

type Prices = NonNullable<z.input<typeof gatewayConfig>['prices']>
const prices: Prices = [
  { model: 'openai/dall-e-3', imageUsd: 0.04, imageKindsUsd: { 'hd/1024x1024': 0.08, '1024x1792': 0.08 } },
  { model: 'openai/gpt-image', inputUsd: 5, outputUsd: 10, imageInputUsd: 8, imageOutputUsd: 32 },
  { model: 'openai/tts-1', charactersUsd: 15 },
  { model: 'openai/mini-tts', inputUsd: 0.6, outputUsd: 12 },
  { model: 'openai/whisper-1', audioHourUsd: 0.36 },
  { model: 'openai/transcribe', inputUsd: 2.5, outputUsd: 10, audioInputUsd: 6 },
  { model: 'openai/audio', inputUsd: 2.5, outputUsd: 10, audioInputUsd: 32, audioOutputUsd: 64 },
  { model: 'openai/searcher', inputUsd: 2, outputUsd: 8, searchUsd: 0.01, fileSearchUsd: 0.0025 },
  { model: 'openai/sonar', inputUsd: 1, outputUsd: 1, requestUsd: 0.012 },
  {
    model: 'anthropic/claude',
    inputUsd: 3,
    outputUsd: 15,
    cacheWriteUsd: 3.75,
    cacheWriteHourUsd: 6,
    searchUsd: 0.01,
  },
  { model: 'anthropic/cheap', inputUsd: 1, outputUsd: 5 },
  { model: 'gemini/painter', inputUsd: 0.3, outputUsd: 2.5, imageOutputUsd: 30, searchUsd: 0.014 },
  { model: 'cohere/rerank', searchUsd: 0.002 },
  { model: 'openai-compatible/jina', inputUsd: 0.02, outputUsd: 0 },
]

let t: EndpointGateway
let client: OpenAI

beforeAll(async () => {
  t = await startEndpointGateway({
    openai: [
      'dall-e-3',
      'gpt-image',
      'tts-1',
      'mini-tts',
      'whisper-1',
      'transcribe',
      'audio',
      'searcher',
      'sonar',
    ],
    anthropic: ['claude', 'cheap'],
    gemini: ['painter'],
    cohere: ['rerank'],
    'openai-compatible': ['jina'],
  })
  client = t.client()
  await t.configure({ prices })
})
afterAll(() => t.stop())
beforeEach(() => t.provider.answers.clear())

/** The span of a call, with the parts of it that money is about. */
async function moneyOf(response: Response) {
  const { usage, usageEstimated, costNano, costKnown, attributes } = await t.spanOf(response)
  const { unpriced } = JSON.parse(attributes) as { unpriced?: string[] }
  return { usage, usageEstimated, costNano, costKnown, unpriced }
}
const known = { usageEstimated: false, costKnown: true, unpriced: undefined }

const pictures = (count: number, more: object = {}) => ({
  json: { created: 1, data: Array.from({ length: count }, () => ({ url: 'https://a.example/1' })), ...more },
})

test.each([
  [{ n: 1 }, 1, 40_000_000],
  [{ n: 2, quality: 'hd', size: '1024x1024' }, 2, 160_000_000],
  [{ n: 1, quality: 'standard', size: '1024x1792' }, 1, 80_000_000],
  [{ n: 3, quality: 'auto', size: 'auto' }, 3, 120_000_000],
] as const)(
  'Pictures asked for with %j cost what their size and quality cost',
  async (more, images, cost) => {
    t.provider.answers.set('POST /v1/images/generations', () => pictures(images))
    const { response } = await client.images
      .generate({ model: 'openai/dall-e-3', prompt: 'A cat', ...more })
      .withResponse()
    expect(await moneyOf(response)).toMatchObject({
      ...known,
      usage: { inputTokens: 0, outputTokens: 0, units: { images } },
      costNano: cost,
    })
  },
)

test('Pictures of a model that counts tokens cost its tokens: read, seen and drawn', async () => {
  const usage = {
    input_tokens: 250,
    output_tokens: 1066,
    total_tokens: 1316,
    input_tokens_details: { text_tokens: 50, image_tokens: 200 },
    output_tokens_details: { text_tokens: 10, image_tokens: 1056 },
  }
  t.provider.answers.set('POST /v1/images/edits', () =>
    pictures(1, { usage, size: '1024x1024', quality: 'low' }),
  )
  const edit = { model: 'openai/gpt-image', prompt: 'A dog', image: await toFile(Buffer.from([1]), 'a.png') }
  const { response } = await client.images.edit(edit).withResponse()
  expect(await moneyOf(response)).toMatchObject({
    ...known,
    usage: {
      inputTokens: 250,
      imageInputTokens: 200,
      outputTokens: 1066,
      imageOutputTokens: 1056,
      units: { images: 1 },
    },
    costNano: 50 * 5000 + 200 * 8000 + 10 * 10_000 + 1056 * 32_000,
  })
  t.provider.answers.set('POST /v1/images/edits', () =>
    pictures(1, { usage: { ...usage, output_tokens_details: undefined } }),
  )
  const older = await client.images.edit(edit).withResponse()
  expect(await moneyOf(older.response)).toMatchObject({
    usage: { imageOutputTokens: 1066 },
    costNano: 50 * 5000 + 200 * 8000 + 1066 * 32_000,
  })
})

test('Speech costs its characters as people count them; tokens that the answer does not tell stay unknown', async () => {
  t.provider.answers.set('POST /v1/audio/speech', () => ({
    headers: { 'content-type': 'audio/mpeg' },
    bytes: 'ID3',
  }))
  const speak = async (model: string) =>
    moneyOf(await client.audio.speech.create({ model, voice: 'alloy', input: 'Héllo 👋🏽' }))
  expect(await speak('openai/tts-1')).toMatchObject({
    ...known,
    usage: { inputTokens: 0, units: { characters: 8 } },
    costNano: 8 * 15_000,
  })
  expect(await speak('openai/mini-tts')).toMatchObject({
    usage: { inputTokens: 0, outputTokens: 0, units: { characters: 8 } },
    usageEstimated: false,
    costKnown: false,
    costNano: 0,
    unpriced: ['characters'],
  })
})

test('Speech that comes as events tells its tokens, and costs them', async () => {
  const done = {
    type: 'speech.audio.done',
    usage: { input_tokens: 14, output_tokens: 101, total_tokens: 115 },
  }
  t.provider.answers.set('POST /v1/audio/speech', () => ({
    headers: { 'content-type': 'text/event-stream' },
    pieces: ['data: {"type":"speech.audio.delta","audio":"AAAA"}\n\n', `data: ${JSON.stringify(done)}\n\n`],
  }))
  const ask = { model: 'openai/mini-tts', voice: 'alloy', input: 'Hello', stream_format: 'sse' } as const
  const response = await client.audio.speech.create(ask)
  await response.text()
  expect(await moneyOf(response)).toMatchObject({
    ...known,
    usage: { inputTokens: 14, outputTokens: 101, audioOutputTokens: 101 },
    costNano: 14 * 600 + 101 * 12_000,
  })
})

test('Transcripts cost the length of their sound, or its tokens; a bare text tells neither', async () => {
  const transcribe = async (model: string, answer: object) => {
    t.provider.answers.set('POST /v1/audio/transcriptions', () => answer)
    const file = await toFile(Buffer.from('RIFF'), 'a.wav')
    return moneyOf((await client.audio.transcriptions.create({ model, file }).withResponse()).response)
  }
  const seconds = { text: 'Hi', usage: { type: 'duration', seconds: 9 } }
  expect(await transcribe('openai/whisper-1', { json: seconds })).toMatchObject({
    ...known,
    usage: { units: { audioMs: 9000 } },
    costNano: 900_000,
  })
  const verbose = { task: 'transcribe', language: 'english', duration: 8.470000267028809, text: 'Hi' }
  expect(await transcribe('openai/whisper-1', { json: verbose })).toMatchObject({
    ...known,
    usage: { units: { audioMs: 8470 } },
    costNano: 847_000,
  })
  const usage = {
    type: 'tokens',
    input_tokens: 14,
    output_tokens: 45,
    total_tokens: 59,
    input_token_details: { text_tokens: 4, audio_tokens: 10 },
  }
  expect(await transcribe('openai/transcribe', { json: { text: 'Hi', usage } })).toMatchObject({
    ...known,
    usage: { inputTokens: 14, audioInputTokens: 10, outputTokens: 45 },
    costNano: 4 * 2500 + 10 * 6000 + 45 * 10_000,
  })
  const text = { headers: { 'content-type': 'text/plain' }, bytes: '{"Hi' }
  expect(await transcribe('openai/whisper-1', text)).toMatchObject({
    usageEstimated: true,
    costKnown: false,
    unpriced: ['units'],
  })
})

test('Reranking costs search units at Cohere, and tokens at Jina', async () => {
  const results = [{ index: 0, relevance_score: 0.9 }]
  t.provider.answers.set('POST /v2/rerank', () => ({
    json: { id: 'r', results, meta: { api_version: { version: '2' }, billed_units: { search_units: 3 } } },
  }))
  const body = { query: 'Which port?', documents: ['The port is 4701.'] }
  const cohere = await t.post('/v2/rerank', { model: 'cohere/rerank', ...body })
  expect(await cohere.json()).not.toHaveProperty('usage')
  expect(await moneyOf(cohere)).toMatchObject({
    ...known,
    usage: { units: { searches: 3 } },
    costNano: 6_000_000,
  })
  t.provider.answers.set('POST /v1/rerank', () => ({
    json: { model: 'jina', results, usage: { total_tokens: 815 } },
  }))
  const jina = await t.post('/v1/rerank', { model: 'openai-compatible/jina', ...body })
  expect(await moneyOf(jina)).toMatchObject({ ...known, usage: { inputTokens: 815 }, costNano: 16_300 })
})

const chatAnswer = (usage: object) => ({
  json: {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
    usage,
  },
})
const messages = [{ role: 'user' as const, content: 'Hi' }]

test('Sound that a chat model hears and speaks has its own price, streamed or not', async () => {
  const usage = {
    prompt_tokens: 120,
    completion_tokens: 300,
    total_tokens: 420,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 100 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 250 },
  }
  t.provider.answers.set('POST /v1/chat/completions', ({ json }) =>
    json['stream'] === true
      ? {
          headers: { 'content-type': 'text/event-stream' },
          pieces: [
            'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}\n\n',
            `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage })}\n\n`,
            'data: [DONE]\n\n',
          ],
        }
      : chatAnswer(usage),
  )
  const expected = {
    ...known,
    usage: { inputTokens: 120, outputTokens: 300, audioInputTokens: 100, audioOutputTokens: 250 },
    costNano: 20 * 2500 + 100 * 32_000 + 50 * 10_000 + 250 * 64_000,
  }
  const { response } = await client.chat.completions
    .create({ model: 'openai/audio', messages })
    .withResponse()
  expect(await moneyOf(response)).toMatchObject(expected)
  const streamed = await client.chat.completions
    .create({ model: 'openai/audio', messages, stream: true })
    .withResponse()
  for await (const _ of streamed.data);
  expect(await moneyOf(streamed.response)).toMatchObject(expected)
})

test('Searches of a model whose calls have a price are part of it', async () => {
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, num_search_queries: 2 }
  t.provider.answers.set('POST /v1/chat/completions', () => chatAnswer(usage))
  const { response } = await client.chat.completions
    .create({ model: 'openai/sonar', messages })
    .withResponse()
  expect(await moneyOf(response)).toMatchObject({
    ...known,
    usage: { units: { searches: 2 } },
    costNano: 15 * 1000 + 12_000_000,
  })
})

const response = {
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  status: 'completed',
  model: 'searcher',
  output: [
    { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'ports' } },
    {
      type: 'web_search_call',
      id: 'ws_2',
      status: 'completed',
      action: { type: 'open_page', url: 'https://a.example' },
    },
    { type: 'web_search_call', id: 'ws_3', status: 'completed', action: { type: 'search', query: 'more' } },
    { type: 'file_search_call', id: 'fs_1', status: 'completed', queries: ['ports'], results: null },
    {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: '4701', annotations: [] }],
    },
  ],
  usage: {
    input_tokens: 300,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 20,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 320,
  },
}

test('A response costs the searches among its items, and no page that it opened, streamed or not', async () => {
  t.provider.answers.set('POST /v1/responses', ({ json }) =>
    json['stream'] === true
      ? {
          headers: { 'content-type': 'text/event-stream' },
          pieces: [
            `event: response.created\ndata: ${JSON.stringify({ type: 'response.created', sequence_number: 0, response: { ...response, status: 'in_progress', output: [], usage: null } })}\n\n`,
            `event: response.completed\ndata: ${JSON.stringify({ type: 'response.completed', sequence_number: 1, response })}\n\n`,
          ],
        }
      : { json: response },
  )
  const ask = { model: 'openai/searcher', input: 'Which port?', tools: [{ type: 'web_search' as const }] }
  const expected = {
    ...known,
    usage: { inputTokens: 300, outputTokens: 20, units: { searches: 3, fileSearches: 1 } },
    costNano: 300 * 2000 + 20 * 8000 + 2 * 10_000_000 + 2_500_000,
  }
  const whole = await client.responses.create(ask).withResponse()
  expect(await moneyOf(whole.response)).toMatchObject(expected)
  const streamed = await client.responses.create({ ...ask, stream: true }).withResponse()
  for await (const _ of streamed.data);
  expect(await moneyOf(streamed.response)).toMatchObject(expected)
})

const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude',
  content: [{ type: 'text', text: '4701' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: {
    input_tokens: 100,
    cache_creation_input_tokens: 556,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 456 },
    output_tokens: 50,
    server_tool_use: { web_search_requests: 2, web_fetch_requests: 7 },
    service_tier: 'standard',
  },
}

test('Anthropic’s searches and its cache of an hour are charged, for clients of any format', async () => {
  t.provider.answers.set('POST /v1/messages', () => ({ json: message }))
  const anthropic = new Anthropic({ baseURL: t.gateway.url, apiKey: keys.invoke, maxRetries: 0 })
  const expected = {
    ...known,
    usage: {
      inputTokens: 656,
      cacheWriteTokens: 556,
      cacheWriteHourTokens: 456,
      outputTokens: 50,
      units: { searches: 2 },
    },
    costNano: 100 * 3000 + 100 * 3750 + 456 * 6000 + 50 * 15_000 + 2 * 10_000_000,
  }
  const ask = { model: 'anthropic/claude', max_tokens: 100, messages }
  const own = await anthropic.messages.create(ask).withResponse()
  expect(own.data.usage).toEqual(message.usage)
  expect(await moneyOf(own.response)).toMatchObject(expected)
  const other = await client.chat.completions.create(ask).withResponse()
  expect(await moneyOf(other.response)).toMatchObject(expected)
})

test('Searches without a price leave the cost of the rest, and say that it is not all', async () => {
  t.provider.answers.set('POST /v1/messages', () => ({ json: message }))
  const { response } = await client.chat.completions
    .create({ model: 'anthropic/cheap', messages })
    .withResponse()
  expect(await moneyOf(response)).toMatchObject({
    usageEstimated: false,
    costKnown: false,
    unpriced: ['searches'],
    costNano: 656 * 1000 + 50 * 5000,
  })
})

test('Gemini’s pictures and searches are charged', async () => {
  t.provider.answers.set('POST /v1beta/models/painter:generateContent', () => ({
    json: {
      candidates: [
        {
          index: 0,
          content: { role: 'model', parts: [{ text: 'A cat' }] },
          finishReason: 'STOP',
          groundingMetadata: { webSearchQueries: ['cat', 'what is a cat'] },
        },
      ],
      usageMetadata: {
        promptTokenCount: 12,
        candidatesTokenCount: 1300,
        totalTokenCount: 1312,
        promptTokensDetails: [{ modality: 'TEXT', tokenCount: 12 }],
        candidatesTokensDetails: [
          { modality: 'TEXT', tokenCount: 10 },
          { modality: 'IMAGE', tokenCount: 1290 },
        ],
      },
    },
  }))
  const { response } = await client.chat.completions
    .create({ model: 'gemini/painter', messages })
    .withResponse()
  expect(await moneyOf(response)).toMatchObject({
    ...known,
    usage: { inputTokens: 12, outputTokens: 1300, imageOutputTokens: 1290, units: { searches: 2 } },
    costNano: 12 * 300 + 10 * 2500 + 1290 * 30_000 + 2 * 14_000_000,
  })
})

test('A budget counts what is no token, and ends with it', async () => {
  await t.configure({
    prices,
    budgets: [{ name: 'little', scope: 'key', limitUsd: 0.08, period: 'day' }],
  })
  t.provider.answers.set('POST /v1/images/generations', () => pictures(1))
  const draw = () => client.images.generate({ model: 'openai/dall-e-3', prompt: 'A cat' })
  await draw()
  await draw()
  await expect(draw()).rejects.toMatchObject({ status: 402 })
  await t.configure({ prices })
})
