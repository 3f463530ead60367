import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createConnection,
  getTrace,
  getUsage,
  listLimitUse,
  listTraces,
  putGatewayConfig,
  gatewayConfig,
} from '@ratchet/contract'
import OpenAI, { toFile } from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bootstrapKey, startRatchet, waitFor, type RunningRatchet } from './support/start-ratchet.ts'

/** A provider with files and batches in OpenAI's shape; a batch runs until the test ends it. */
const state = { status: 'in_progress', batches: 0 }
const usage = {
  input_tokens: 40_000,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 5_000,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 45_000,
}
const provider = createServer((request, response) => {
  request.resume().on('end', () => {
    const json = (body: object) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    const { method = '', url = '' } = request
    if (method === 'POST' && url.endsWith('/files'))
      return json({
        id: 'file-in',
        object: 'file',
        bytes: 1,
        created_at: 1,
        filename: 'b.jsonl',
        purpose: 'batch',
      })
    if (!url.includes('/batches')) return json({ object: 'list', data: [{ id: 'gpt', object: 'model' }] })
    if (method === 'POST') state.batches += 1
    const isDone = method === 'GET' && state.status === 'completed'
    json({
      id: `batch_${method === 'POST' ? state.batches : url.split('batch_')[1]}`,
      object: 'batch',
      endpoint: '/v1/chat/completions',
      input_file_id: 'file-in',
      completion_window: '24h',
      created_at: 1,
      status: isDone ? 'completed' : 'in_progress',
      request_counts: { total: 50, completed: isDone ? 50 : 0, failed: 0 },
      ...(isDone ? { model: 'gpt', usage, output_file_id: 'file-out', completed_at: 3601 } : {}),
    })
  })
})

let ratchet: RunningRatchet
let client: OpenAI
const month = async () => (await ratchet.client.call(getUsage, { query: { by: 'user' } })).groups
/** 40,000 x 2 + 5,000 x 8 dollars for a million, at half the price. */
const costNano = (40_000 * 2000 + 5_000 * 8000) / 2

beforeAll(async () => {
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  ratchet = await startRatchet()
  const config = gatewayConfig.parse({
    prices: [{ model: 'openai/*', inputUsd: 2, outputUsd: 8, batchShare: 0.5 }],
    routes: ['nightly', 'other'].map((name) => ({ name, targets: [{ model: 'openai/gpt' }] })),
    limits: [{ name: 'daily', scope: 'user', measure: 'cost', limit: 10, windowSeconds: 86_400 }],
    budgets: [
      { name: 'monthly', scope: 'user', period: 'month', limitUsd: 10 },
      { name: 'by-night', scope: 'route', match: 'nightly', period: 'month', limitUsd: 10 },
    ],
  })
  const { port } = provider.address() as AddressInfo
  await ratchet.client.call(createConnection, {
    body: {
      name: 'openai',
      provider: 'openai',
      baseUrl: `http://127.0.0.1:${port}/v1`,
      apiKey: 'sk-test',
      allowPrivate: true,
    },
  })
  await ratchet.client.call(putGatewayConfig, { body: { baseVersion: 0, config } })
  client = new OpenAI({
    baseURL: `${ratchet.gatewayUrl}/v1`,
    apiKey: bootstrapKey,
    defaultHeaders: { 'x-ratchet-user': 'ada' },
  })
  // The configuration comes last, so what was set before it is in force as well.
  await waitFor('the route is in force', async () => {
    const body = JSON.stringify({ model: 'other', messages: [{ role: 'user', content: 'Hi' }] })
    const headers = { authorization: `Bearer ${bootstrapKey}`, 'x-ratchet-user': 'nobody' }
    const asked = await fetch(`${ratchet.gatewayUrl}/v1/chat/completions`, { method: 'POST', headers, body })
    // The provider has no answer to it; that it is asked at all is enough.
    return asked.status === 404 ? undefined : true
  })
})
afterAll(async () => {
  await ratchet?.stop()
  provider.close()
})

async function makeBatch(): Promise<string> {
  const line = {
    custom_id: '1',
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model: 'nightly', messages: [] },
  }
  const file = await toFile(Buffer.from(JSON.stringify(line)), 'b.jsonl')
  const { id } = await client.files.create({ file, purpose: 'batch' })
  const batch = await client.batches.create({
    input_file_id: id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  })
  return batch.id
}

test('what a batch used is counted once for whoever made it, also over a killed and a clean restart', async () => {
  const id = await makeBatch()
  await client.batches.retrieve(id)
  state.status = 'completed'
  await ratchet.killControl()
  // Fetched by somebody else, while control is gone.
  const other = client.withOptions({ defaultHeaders: { 'x-ratchet-user': 'eve' } })
  await other.batches.retrieve(id)
  await other.batches.retrieve(id)
  await ratchet.startAgain()
  const groups = await waitFor('the batch is counted', async () => {
    const found = await month()
    return found.some((group) => group.requests >= 50) ? found : undefined
  })
  expect(groups.find(({ values }) => values[0] === 'ada')).toMatchObject({
    requests: 50,
    inputTokens: 40_000,
    outputTokens: 5_000,
    costNano,
    unknownCost: 0,
  })
  await ratchet.stopKeepingData()
  await ratchet.startAgain()
  await client.batches.retrieve(id)
  await waitFor('the last fetch is stored', async () => {
    const { items } = await ratchet.client.call(listTraces, { query: { query: 'name:"openai GET*"' } })
    return items.length >= 4 || undefined
  })
  expect((await month()).find(({ values }) => values[0] === 'ada')).toMatchObject({ requests: 50, costNano })
  const { items } = await ratchet.client.call(listTraces, { query: { query: 'type:batch' } })
  expect(items).toHaveLength(1)
  expect(items[0]).toMatchObject({ name: 'batch openai/gpt', userId: 'ada', costNano })
  const { spans } = await ratchet.client.call(getTrace, { params: { traceId: items[0]?.traceId ?? '' } })
  expect(spans[0]).toMatchObject({ type: 'batch', usage: { units: { requests: 50 } } })
  expect(spans[0]?.attributes).toMatchObject({ batch_id: id, batch_status: 'completed' })
  const useOf = async (subject: string) => {
    const { items: use } = await ratchet.client.call(listLimitUse, { query: {} })
    return use.find((each) => each.subject === subject)
  }
  await expect.poll(() => useOf('ada')).toMatchObject({ name: 'monthly', used: costNano })
  // The provider never heard of the route that the lines name.
  await expect.poll(() => useOf('nightly')).toMatchObject({ name: 'by-night', used: costNano })
  // Control was started anew after it was charged.
  const rateOf = async (subject: string) => {
    const { items: rates } = await ratchet.client.call(listLimitUse, { query: { kind: 'limit' } })
    return rates.find((each) => each.subject === subject)
  }
  await expect.poll(() => rateOf('ada')).toMatchObject({ name: 'daily', used: costNano })
  const byRoute = await ratchet.client.call(getUsage, { query: { by: 'route', route: 'nightly' } })
  expect(byRoute.total).toMatchObject({ requests: 50, costNano })
})

test('a batch that nobody fetches is counted all the same', async () => {
  state.status = 'in_progress'
  await makeBatch()
  state.status = 'completed'
  const groups = await waitFor(
    'control looks at the batch itself',
    async () => {
      const found = await month()
      return found.some((group) => group.requests >= 100) ? found : undefined
    },
    150_000,
  )
  expect(groups.find(({ values }) => values[0] === 'ada')).toMatchObject({
    requests: 100,
    costNano: 2 * costNano,
  })
}, 200_000)
