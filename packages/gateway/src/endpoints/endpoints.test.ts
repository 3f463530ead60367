import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import type OpenAI from 'openai'
import { toFile } from 'openai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { keys } from '../testing/example-snapshot.ts'
import { startEndpointGateway, type EndpointGateway } from '../testing/start-endpoint-gateway.ts'

let t: EndpointGateway
let client: OpenAI

beforeAll(async () => {
  t = await startEndpointGateway({
    openai: ['tts', 'whisper', 'painter', 'omni-moderation-latest'],
    anthropic: ['claude'],
    gemini: ['gemini-pro'],
    cohere: ['rerank-v4'],
    'openai-compatible': ['reranker'],
  })
  client = t.client()
})
afterAll(() => t.stop())
beforeEach(() => {
  t.provider.seen.length = 0
  t.provider.answers.clear()
})

const documents = ['The filter is cleaned monthly.', 'The port is 4701.', { text: 'Ports are numbers.' }]
const rerank = (path: string, model: string, more: object = {}) =>
  t.post(path, { model, query: 'Which port?', documents, ...more })

test('Documents are ranked by Cohere, in the shape that its clients and those of Jina read', async () => {
  t.provider.answers.set('POST /v2/rerank', () => ({
    json: {
      id: 'r',
      results: [
        { index: 1, relevance_score: 0.9 },
        { index: 2, relevance_score: 0.4 },
      ],
      meta: { billed_units: { search_units: 1 } },
    },
  }))
  const response = await rerank('/v2/rerank', 'cohere/rerank-v4', { top_n: 2, return_documents: true })
  expect(await response.json()).toMatchObject({
    id: 'r',
    model: 'cohere/rerank-v4',
    results: [
      { index: 1, relevance_score: 0.9, document: { text: 'The port is 4701.' } },
      { index: 2, relevance_score: 0.4 },
    ],
    meta: { billed_units: { search_units: 1 } },
  })
  expect(t.provider.seen[0]?.json).toMatchObject({
    model: 'rerank-v4',
    top_n: 2,
    documents: [documents[0], documents[1], 'Ports are numbers.'],
  })
  const span = await t.spanOf(response)
  expect(span).toMatchObject({
    status: 'ok',
    connection: 'cohere',
    usage: { inputTokens: 0, units: { searches: 1 } },
    usageEstimated: false,
    costKnown: false,
  })
  expect(JSON.parse(span.input)).toEqual({ query: 'Which port?', documents })
})

test('Documents are ranked by a server in Jina’s shape, and without any key', async () => {
  t.provider.answers.set('POST /v1/rerank', () => ({
    json: { results: [{ index: 0, relevance_score: 0.1 }], usage: { total_tokens: 12 } },
  }))
  const local = await rerank('/v1/rerank', 'openai-compatible/reranker', { top_n: 1 })
  expect(await local.json()).toMatchObject({ usage: { total_tokens: 12 }, results: [{ index: 0 }] })
  expect(await t.spanOf(local)).toMatchObject({ usage: { inputTokens: 12 }, costNano: 120 })
  const offline = await rerank('/v1/rerank', 'offline/rerank')
  const { results } = (await offline.json()) as { results: { index: number; relevance_score: number }[] }
  expect(results.map(({ index }) => index)[0]).toBe(1)
  expect(await t.spanOf(offline)).toMatchObject({ costNano: 0, costKnown: true, status: 'ok' })
  const models = (await client.models.list()).data.map(({ id }) => id)
  expect(models).toContain('offline/rerank')
})

test('A rerank that cannot be read, or that no model of the connection does, is refused in words', async () => {
  const bad = await t.post('/v1/rerank', { model: 'offline/rerank', query: 'a', documents: [] })
  expect(bad.status).toBe(400)
  expect(await bad.json()).toMatchObject({ error: { param: 'documents' } })
  const chat = await rerank('/v1/rerank', 'anthropic/claude')
  expect(await chat.json()).toMatchObject({ error: { code: 'model_unsupported', param: 'model' } })
})

test('Anthropic’s client counts tokens: at Anthropic for its models, estimated for others, for nothing', async () => {
  const anthropic = new Anthropic({ baseURL: t.gateway.url, apiKey: keys.invoke, maxRetries: 0 })
  t.provider.answers.set('POST /v1/messages/count_tokens', () => ({ json: { input_tokens: 321 } }))
  const messages = [{ role: 'user' as const, content: 'Hello there, how are you today?' }]
  const native = await anthropic.messages
    .countTokens({ model: 'anthropic/claude', messages }, { headers: { 'anthropic-beta': 'new-2026' } })
    .withResponse()
  expect(native.data).toEqual({ input_tokens: 321 })
  expect(t.provider.seen[0]?.json).toEqual({ model: 'claude', messages })
  expect(t.provider.seen[0]?.headers['x-api-key']).toBe('sk-secret')
  expect(t.provider.seen[0]?.headers['anthropic-beta']).toBe('new-2026')
  expect(await t.spanOf(native.response)).toMatchObject({ costNano: 0, usage: { inputTokens: 0 } })
  const other = await anthropic.messages.countTokens({ model: 'openai/tts', messages, system: 'Be brief.' })
  expect(other.input_tokens).toBeGreaterThan(8)
  expect(other.input_tokens).toBeLessThan(40)
  expect(t.provider.seen).toHaveLength(1)
  const refused = anthropic.messages.countTokens({ model: 'nobody/none', messages })
  await expect(refused).rejects.toMatchObject({ status: 404, error: { type: 'error' } })
})

test('Google’s client counts tokens: at Google for its models, estimated for others', async () => {
  const google = new GoogleGenAI({ apiKey: keys.invoke, httpOptions: { baseUrl: t.gateway.url } })
  t.provider.answers.set('POST /v1beta/models/gemini-pro:countTokens', () => ({
    json: { totalTokens: 7, promptTokensDetails: [{ modality: 'TEXT', tokenCount: 7 }] },
  }))
  const contents = 'Hello there, how are you today?'
  const native = await google.models.countTokens({ model: 'gemini/gemini-pro', contents })
  expect(native).toMatchObject({ totalTokens: 7 })
  const other = await google.models.countTokens({ model: 'anthropic/claude', contents })
  expect(other.totalTokens).toBeGreaterThan(5)
  expect(other.totalTokens).toBeLessThan(40)
})

test('Texts are moderated, also for a client that names no model', async () => {
  const results = [{ flagged: true, categories: { violence: true }, category_scores: {}, unknown: 1 }]
  t.provider.answers.set('POST /v1/moderations', () => ({ json: { id: 'm', model: 'o', results } }))
  const { data, response } = await client.moderations.create({ input: 'I will hit you' }).withResponse()
  expect(data).toEqual({ id: 'm', model: 'o', results })
  expect(t.provider.seen[0]?.json).toEqual({ model: 'omni-moderation-latest', input: 'I will hit you' })
  const span = await t.spanOf(response)
  expect(JSON.parse(span.output)).toEqual({ results: 1, flagged: 1, categories: ['violence'] })
  const offline = client.moderations.create({ model: 'offline/extractive', input: 'x' })
  await expect(offline).rejects.toMatchObject({ status: 501 })
})

test('Speech comes piece by piece, with the provider’s content type', async () => {
  const sound = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))
  t.provider.answers.set('POST /v1/audio/speech', () => ({
    headers: { 'content-type': 'audio/mpeg' },
    pieces: [sound.subarray(0, 100_000), sound.subarray(100_000)],
  }))
  const response = await client.audio.speech.create({ model: 'openai/tts', voice: 'alloy', input: 'Héllo' })
  expect(response.headers.get('content-type')).toBe('audio/mpeg')
  expect(Buffer.from(await response.arrayBuffer()).equals(sound)).toBe(true)
  const span = await t.spanOf(response)
  expect(JSON.parse(span.output)).toEqual({ bytes: 300_000, characters: 5, type: 'audio/mpeg' })
  expect(span).toMatchObject({ status: 'ok', input: '"Héllo"' })
  expect(span.firstTokenUs).toBeGreaterThan(0)
})

test('A page is no speech, and an error before the first byte goes to the next model', async () => {
  t.provider.answers.set('POST /v1/audio/speech', ({ json }) =>
    json['model'] === 'tts'
      ? { headers: { 'content-type': 'text/html' }, bytes: '<html>' }
      : { headers: { 'content-type': 'audio/wav' }, bytes: 'RIFF' },
  )
  const speak = (model: string) => client.audio.speech.create({ model, voice: 'alloy', input: 'x' })
  await expect(speak('openai/tts')).rejects.toMatchObject({ status: 502 })
  await t.configure({
    routes: [
      {
        name: 'voice',
        targets: [{ model: 'openai/tts' }, { model: 'openai-compatible/other' }],
        retries: { attempts: 0 },
      },
    ],
  })
  expect(await (await speak('voice')).text()).toBe('RIFF')
})

test('A client that goes away in the middle of a speech stops it at the provider', async () => {
  t.provider.answers.set('POST /v1/audio/speech', () => ({
    headers: { 'content-type': 'audio/mpeg' },
    pieces: Array.from({ length: 400 }, () => Buffer.alloc(1000)),
  }))
  const controller = new AbortController()
  const response = await client.audio.speech.create(
    { model: 'openai/tts', voice: 'alloy', input: 'x' },
    { signal: controller.signal },
  )
  const reader = response.body?.getReader()
  await reader?.read()
  controller.abort()
  expect(await t.spanOf(response)).toMatchObject({ status: 'cancelled', errorCode: 'client_closed' })
})

test('Sound is transcribed: the form passes with the provider’s name of the model, byte for byte', async () => {
  const sound = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7) % 256))
  t.provider.answers.set('POST /v1/audio/transcriptions', () => ({
    json: { text: 'Hello.', usage: { type: 'tokens', input_tokens: 14, output_tokens: 3, total_tokens: 17 } },
  }))
  const { data, response } = await client.audio.transcriptions
    .create({
      model: 'openai/whisper',
      file: await toFile(sound, 'hello.wav'),
      language: 'en',
      include: ['logprobs'],
    })
    .withResponse()
  expect(data.text).toBe('Hello.')
  const [seen] = t.provider.seen
  expect(seen?.headers['content-type']).toMatch(/^multipart\/form-data; ?boundary=/)
  expect(seen?.body.includes(sound)).toBe(true)
  expect(seen?.body.toString('latin1')).toMatch(/name="model"\r\n\r\nwhisper\r\n/)
  expect(seen?.body.toString('latin1')).toContain('logprobs')
  const span = await t.spanOf(response)
  expect(span).toMatchObject({ output: 'Hello.', usage: { inputTokens: 14, outputTokens: 3 }, costNano: 200 })
  expect(JSON.parse(span.input)).toMatchObject({
    file: { file: 'hello.wav', bytes: 200_000 },
    language: 'en',
  })
})

test('Transcripts come as text and as events too, and translations in the same way', async () => {
  const file = await toFile(Buffer.from('x'), 'a.wav')
  t.provider.answers.set('POST /v1/audio/transcriptions', ({ body }) =>
    body.includes('name="stream"')
      ? {
          headers: { 'content-type': 'text/event-stream' },
          pieces: [
            'data: {"type":"transcript.text.delta","delta":"Hel"}\n\n',
            'data: {"type":"transcript.text.done","text":"Hello.","usage":{"type":"tokens","input_tokens":4,"output_tokens":2}}\n\n',
          ],
        }
      : { headers: { 'content-type': 'text/plain; charset=utf-8' }, bytes: '1\n00:00 --> 00:01\nHello' },
  )
  const text = await client.audio.transcriptions.create({
    model: 'openai/whisper',
    file,
    response_format: 'srt',
  })
  expect(text).toContain('00:00 --> 00:01')
  const stream = await client.audio.transcriptions.create({ model: 'openai/whisper', file, stream: true })
  const types = []
  for await (const event of stream) types.push(event.type)
  expect(types).toEqual(['transcript.text.delta', 'transcript.text.done'])
  t.provider.answers.set('POST /v1/audio/translations', () => ({ json: { text: 'Good day' } }))
  const translated = await client.audio.translations.create({ model: 'openai/whisper', file })
  expect(translated.text).toBe('Good day')
})

test('A form without a file, without a model, or that is none, is refused in words', async () => {
  const form = new FormData()
  form.set('model', 'openai/whisper')
  const send = (body: FormData | string, headers = {}) =>
    fetch(`${t.gateway.url}/v1/audio/transcriptions`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${keys.invoke}`, ...headers },
    })
  expect(await (await send(form)).json()).toMatchObject({ error: { param: 'file' } })
  form.delete('model')
  form.set('file', new Blob(['x']), 'a.wav')
  expect(await (await send(form)).json()).toMatchObject({ error: { param: 'model' } })
  const json = await send('{}', { 'content-type': 'application/json' })
  expect(json.status).toBe(400)
  expect(await json.json()).toMatchObject({ error: { message: expect.stringContaining('multipart') } })
})

test('A form over the limit of bodies is refused', async () => {
  const form = new FormData()
  form.set('model', 'openai/whisper')
  form.set('file', new Blob([Buffer.alloc(1_200_000)]), 'a.wav')
  const response = await fetch(`${t.gateway.url}/v1/audio/transcriptions`, {
    method: 'POST',
    body: form,
    headers: { authorization: `Bearer ${keys.invoke}` },
  })
  expect(response.status).toBe(413)
  expect(t.provider.seen).toHaveLength(0)
})

test('A form sent to an API of JSON is told so', async () => {
  const form = new FormData()
  form.set('model', 'openai/tts')
  const response = await fetch(`${t.gateway.url}/v1/audio/speech`, {
    method: 'POST',
    body: form,
    headers: { authorization: `Bearer ${keys.invoke}` },
  })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    error: { message: expect.stringContaining('application/json') },
  })
})

test('Pictures are made and changed, whole and as events', async () => {
  const usage = { input_tokens: 10, output_tokens: 100, total_tokens: 110 }
  t.provider.answers.set('POST /v1/images/generations', ({ json }) =>
    json['stream'] === true
      ? {
          headers: { 'content-type': 'text/event-stream' },
          pieces: [
            'event: image_generation.partial_image\ndata: {"type":"image_generation.partial_image","b64_json":"AA=="}\n\n',
            `event: image_generation.completed\ndata: ${JSON.stringify({ type: 'image_generation.completed', b64_json: 'AAAA', usage })}\n\n`,
          ],
        }
      : { json: { created: 1, data: [{ b64_json: 'A'.repeat(200_000) }], size: '1x1', usage } },
  )
  const ask = { model: 'openai/painter', prompt: 'A cat', size: '1024x1024' as const }
  const { data, response } = await client.images.generate(ask).withResponse()
  expect(data.data?.[0]?.b64_json).toHaveLength(200_000)
  expect(t.provider.seen[0]?.json).toEqual({ ...ask, model: 'painter' })
  const span = await t.spanOf(response)
  expect(span).toMatchObject({ input: '"A cat"', usage: { inputTokens: 10 }, costNano: 2100 })
  expect(JSON.parse(span.output)).toEqual({ pictures: 1, size: '1x1', quality: '' })
  const events = []
  for await (const event of await client.images.generate({ ...ask, stream: true })) events.push(event.type)
  expect(events).toEqual(['image_generation.partial_image', 'image_generation.completed'])
  t.provider.answers.set('POST /v1/images/edits', () => ({ json: { created: 1, data: [{ url: 'u' }] } }))
  const edited = await client.images.edit({
    model: 'openai/painter',
    prompt: 'A dog',
    image: [await toFile(Buffer.from([1, 2, 3]), 'a.png', { type: 'image/png' })],
  })
  expect(edited.data).toEqual([{ url: 'u' }])
  expect(t.provider.seen.at(-1)?.body.toString('latin1')).toMatch(/name="model"\r\n\r\npainter\r\n/)
})

test('Limits hold for every API, and a refusal says when to come back', async () => {
  await t.configure({
    limits: [{ name: 'few', scope: 'key', measure: 'requests', limit: 1, windowSeconds: 3600 }],
  })
  t.provider.answers.set('POST /v1/moderations', () => ({ json: { id: 'm', results: [] } }))
  await client.moderations.create({ input: 'a' })
  const refused = client.moderations.create({ input: 'a' })
  await expect(refused).rejects.toMatchObject({ status: 429 })
  await t.configure({})
})
