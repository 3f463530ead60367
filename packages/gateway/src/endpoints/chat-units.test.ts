import Anthropic from '@anthropic-ai/sdk'
import type OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { keys } from '../testing/example-snapshot.ts'
import type { EndpointGateway } from '../testing/start-endpoint-gateway.ts'
import { known, moneyOf as readMoney, startPricedGateway } from '../testing/start-priced-gateway.ts'

let t: EndpointGateway
let client: OpenAI

beforeAll(async () => {
  t = await startPricedGateway()
  client = t.client()
})
afterAll(() => t.stop())
beforeEach(() => t.provider.answers.clear())

const moneyOf = (response: Response) => readMoney(t, response)

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
          // Google counts neither empty queries nor one that it asked before.
          groundingMetadata: { webSearchQueries: ['', 'cat', 'what is a cat', 'cat'] },
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
