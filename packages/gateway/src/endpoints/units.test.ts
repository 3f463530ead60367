import type OpenAI from 'openai'
import { toFile } from 'openai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { EndpointGateway } from '../testing/start-endpoint-gateway.ts'
import {
  known,
  moneyOf as readMoney,
  startPricedGateway,
  unitPrices,
} from '../testing/start-priced-gateway.ts'

let t: EndpointGateway
let client: OpenAI

beforeAll(async () => {
  t = await startPricedGateway()
  client = t.client()
})
afterAll(() => t.stop())
beforeEach(() => t.provider.answers.clear())

const moneyOf = (response: Response) => readMoney(t, response)

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

test('A budget counts what is no token, and ends with it', async () => {
  await t.configure({
    prices: unitPrices,
    budgets: [{ name: 'little', scope: 'key', limitUsd: 0.08, period: 'day' }],
  })
  t.provider.answers.set('POST /v1/images/generations', () => pictures(1))
  const draw = () => client.images.generate({ model: 'openai/dall-e-3', prompt: 'A cat' })
  await draw()
  await draw()
  await expect(draw()).rejects.toMatchObject({ status: 402 })
  await t.configure({ prices: unitPrices })
})
