import type { SpanRecord } from '@ratchet/contract'
import type OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startEndpointGateway, type EndpointGateway } from '../testing/start-endpoint-gateway.ts'
import { until } from '../testing/start-test-gateway.ts'

let t: EndpointGateway
let client: OpenAI

beforeAll(async () => {
  t = await startEndpointGateway({ openai: ['gpt', 'gpt-4o'] })
  client = t.client()
  await t.configure({
    prices: [
      { model: 'openai/gpt*', inputUsd: 2, outputUsd: 8, cachedInputUsd: 1, batchShare: 0.5 },
      {
        model: 'openai/long',
        inputUsd: 2,
        outputUsd: 8,
        batchShare: 0.5,
        tiers: [{ aboveInputTokens: 1000, inputUsd: 4, outputUsd: 16 }],
      },
    ],
  })
})
afterAll(() => t.stop())
beforeEach(() => {
  t.provider.seen.length = 0
  t.provider.answers.clear()
})

/** As OpenAI writes it. */
const batch = (id: string, more: object = {}) => ({
  id,
  object: 'batch',
  endpoint: '/v1/chat/completions',
  errors: null,
  input_file_id: 'file-in',
  completion_window: '24h',
  status: 'completed',
  output_file_id: 'file-out',
  error_file_id: null,
  created_at: 1_711_471_533,
  completed_at: 1_711_475_133,
  request_counts: { total: 100, completed: 95, failed: 5 },
  metadata: null,
  ...more,
})
const usage = {
  input_tokens: 1500,
  input_tokens_details: { cached_tokens: 1024 },
  output_tokens: 500,
  output_tokens_details: { reasoning_tokens: 300 },
  total_tokens: 2000,
}
const spansOf = (id: string): SpanRecord[] =>
  t.control.spans.filter(({ type, attributes }) => type === 'batch' && attributes.includes(`"batch":"${id}"`))
const spanOf = (id: string) => until(() => Promise.resolve(spansOf(id)[0]))
const show = (id: string, json: object) => {
  t.provider.answers.set(`GET /v1/batches/${id}`, () => ({ json }))
  return client.batches.retrieve(`rc_openai_${id}`)
}

test('A batch that its client makes is known to control by the span of the call', async () => {
  t.provider.answers.set('POST /v1/batches', () => ({ json: batch('b-new', { status: 'validating' }) }))
  const { response } = await client.batches
    .create({
      input_file_id: 'rc_openai_file-in',
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    })
    .withResponse()
  expect(JSON.parse((await t.spanOf(response)).attributes)).toMatchObject({
    batch_created: 'b-new',
    batch_id: 'rc_openai_b-new',
  })
})

test('A batch that has ended costs its share of what it used, told by the provider in one sum', async () => {
  expect((await show('b-sum', batch('b-sum', { model: 'gpt-4o-2024-11-20', usage }))).usage).toEqual(usage)
  const span = await spanOf('b-sum')
  expect(span).toMatchObject({
    name: 'batch openai/gpt-4o',
    model: 'gpt-4o',
    provider: 'openai',
    connection: 'openai',
    status: 'ok',
    isLocalRoot: true,
    usage: {
      inputTokens: 1500,
      cachedInputTokens: 1024,
      outputTokens: 500,
      reasoningTokens: 300,
      units: { requests: 95 },
    },
    costNano: (476 * 2000 + 1024 * 1000 + 500 * 8000) / 2,
    costKnown: true,
    usageEstimated: false,
  })
  expect(JSON.parse(span.attributes)).toEqual({
    batch: 'b-sum',
    batch_id: 'rc_openai_b-sum',
    batch_status: 'completed',
    endpoint: '/v1/chat/completions',
    failed_requests: 5,
    elapsed_seconds: 3600,
    ended_at: '2024-03-26T17:45:33.000Z',
    price_source: 'override',
  })
})

test('A batch whose provider tells no sum is summed from its output file, each prompt at its own price', async () => {
  const line = (model: string, prompt: number, more: object = {}) =>
    JSON.stringify({
      id: 'batch_req_1',
      custom_id: String(prompt),
      response: {
        status_code: 200,
        request_id: 'r',
        body: {
          id: 'c',
          object: 'chat.completion',
          model,
          choices: [],
          usage: { prompt_tokens: prompt, completion_tokens: 10, total_tokens: prompt + 10 },
        },
        ...more,
      },
      error: null,
    })
  const responses = JSON.stringify({
    custom_id: 'r',
    response: {
      status_code: 200,
      body: { object: 'response', model: 'gpt', output: [{ type: 'web_search_call' }], usage },
    },
  })
  const lines = [
    line('long', 1000),
    line('long', 1001),
    line('gpt', 7),
    line('gpt', 9, { status_code: 400 }),
    'nonsense',
    '',
    responses,
  ]
  t.provider.answers.set('GET /v1/files/file-out/content', () => ({
    headers: { 'content-type': 'application/octet-stream' },
    bytes: lines.join('\n'),
  }))
  await show('b-file', batch('b-file'))
  await until(async () => spansOf('b-file').length === 2 || undefined)
  const of = (model: string) => spansOf('b-file').find((span) => span.model === model)
  expect(of('long')).toMatchObject({
    usage: { inputTokens: 2001, outputTokens: 20, units: { requests: 2 } },
    costNano: (1000 * 2000 + 10 * 8000 + 1001 * 4000 + 10 * 16_000) / 2,
    costKnown: true,
  })
  expect(of('gpt')).toMatchObject({
    usage: { inputTokens: 1507, outputTokens: 510, units: { requests: 2, searches: 1 } },
    costNano: (7 * 2000 + 10 * 8000 + 476 * 2000 + 1024 * 1000 + 500 * 8000) / 2,
    // What the search cost, nobody knows.
    costKnown: false,
  })
  await show('b-file', batch('b-file'))
  expect(t.provider.seen.filter(({ path }) => path.includes('content'))).toHaveLength(1)
})

test('An output file that cannot be read is read when the batch passes by again', async () => {
  t.provider.answers.set('GET /v1/files/file-out/content', () => ({ status: 500, json: {} }))
  await show('b-later', batch('b-later'))
  await until(async () => t.provider.seen.some(({ path }) => path.includes('content')) || undefined)
  t.provider.answers.set('GET /v1/files/file-out/content', () => ({ bytes: '' }))
  await until(async () => {
    await show('b-later', batch('b-later'))
    return t.provider.seen.filter(({ path }) => path.includes('content')).length > 1 || undefined
  })
  expect(spansOf('b-later')).toEqual([])
})

test('Batches in a list count like those that are fetched; running ones do not', async () => {
  t.provider.answers.set('GET /v1/batches', () => ({
    json: {
      object: 'list',
      data: [
        batch('b-listed', { model: 'gpt', usage }),
        batch('b-unsummed'),
        batch('b-running', { status: 'in_progress', model: 'gpt', usage }),
      ],
      has_more: false,
    },
  }))
  const headers = { 'x-ratchet-connection': 'openai' }
  await client.batches.list({ limit: 5 }, { headers })
  expect(await spanOf('b-listed')).toMatchObject({ costNano: 2_988_000 })
  expect(spansOf('b-running')).toEqual([])
  // No file is read for a list: control looks at that batch itself.
  expect(t.provider.seen.some(({ path }) => path.includes('content'))).toBe(false)
})

test('A batch that could not begin is an error that cost nothing; one that was stopped costs what it did', async () => {
  const problem = { code: 'invalid_json_line', message: 'Line 3 is no JSON.', line: 3, param: null }
  const counts = { total: 0, completed: 0, failed: 0 }
  await show(
    'b-failed',
    batch('b-failed', {
      status: 'failed',
      output_file_id: null,
      request_counts: counts,
      errors: { object: 'list', data: [problem] },
    }),
  )
  expect(await spanOf('b-failed')).toMatchObject({
    status: 'error',
    errorMessage: 'Line 3 is no JSON.',
    costNano: 0,
    costKnown: true,
    usage: { inputTokens: 0 },
  })
  await show('b-stopped', batch('b-stopped', { status: 'cancelled', model: 'gpt', usage }))
  expect(await spanOf('b-stopped')).toMatchObject({ status: 'cancelled', costNano: 2_988_000 })
})
