import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { keys } from '../testing/example-snapshot.ts'
import type { ProviderRequest } from '../testing/fake-provider.ts'
import { startEndpointGateway, type EndpointGateway } from '../testing/start-endpoint-gateway.ts'
import { until } from '../testing/start-test-gateway.ts'

let t: EndpointGateway
let client: OpenAI

beforeAll(async () => {
  t = await startEndpointGateway({ openai: ['gpt'], anthropic: ['claude'], 'openai-compatible': ['local'] })
  client = t.client()
})
afterAll(() => t.stop())
beforeEach(() => {
  t.provider.seen.length = 0
  t.provider.answers.clear()
})

const claudeSays = (text: string) => () => ({
  json: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude',
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 3, output_tokens: 2 },
  },
})

const openAiResponse = (id: string, text: string) => ({
  id,
  object: 'response',
  created_at: 1,
  status: 'completed',
  model: 'gpt',
  output: [
    {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text, annotations: [] }],
    },
  ],
  usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
  an_unknown_field: true,
})

const texts = (seen: ProviderRequest | undefined): unknown =>
  ((seen?.json['messages'] ?? []) as { content: unknown }[]).map(({ content }) =>
    typeof content === 'string' ? content : (content as { text: string }[])[0]?.text,
  )

test('A4.24 a response is continued by a provider that keeps none', async () => {
  t.provider.answers.set('*', claudeSays('I am well.'))
  const first = await client.responses.create({ model: 'anthropic/claude', input: 'How are you?' })
  const second = await client.responses.create({
    model: 'anthropic/claude',
    input: 'And now?',
    previous_response_id: first.id,
  })
  expect(second.previous_response_id).toBe(first.id)
  expect(second.id).not.toBe(first.id)
  const third = await client.responses.create({
    model: 'anthropic/claude',
    input: [{ role: 'user', content: 'Still?' }],
    previous_response_id: second.id,
    instructions: 'Be brief.',
  })
  expect(third.output_text).toBe('I am well.')
  expect(texts(t.provider.seen[2])).toEqual([
    'How are you?',
    'I am well.',
    'And now?',
    'I am well.',
    'Still?',
  ])
  // Instructions belong to one request only.
  expect(t.provider.seen[1]?.json['system']).toBeUndefined()
})

test('A streamed response is kept as well, and another model continues it', async () => {
  const stream = await client.responses.create({
    model: 'offline/extractive',
    input: 'The port is 4701. Which port is it?',
    stream: true,
  })
  let id = ''
  let said = ''
  for await (const event of stream) {
    if (event.type === 'response.completed') {
      id = event.response.id
      said =
        event.response.output_text ||
        (event.response.output[0] as { content: { text: string }[] }).content[0]?.text ||
        ''
    }
  }
  t.provider.answers.set('*', claudeSays('Yes.'))
  await client.responses.create({ model: 'anthropic/claude', input: 'Sure?', previous_response_id: id })
  expect(texts(t.provider.seen[0])).toEqual(['The port is 4701. Which port is it?', said, 'Sure?'])
})

test('Tool calls of a kept response are found by their results', async () => {
  t.provider.answers.set('*', () => ({
    json: {
      ...claudeSays('').call(undefined).json,
      content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Bern' } }],
      stop_reason: 'tool_use',
    },
  }))
  const tools = [
    { type: 'function' as const, name: 'weather', parameters: { type: 'object' }, strict: false },
  ]
  const first = await client.responses.create({ model: 'anthropic/claude', input: 'Weather?', tools })
  t.provider.answers.set('*', claudeSays('Sunny.'))
  const second = await client.responses.create({
    model: 'anthropic/claude',
    tools,
    previous_response_id: first.id,
    input: [{ type: 'function_call_output', call_id: 'toolu_1', output: 'sun' }],
  })
  expect(second.output_text).toBe('Sunny.')
  expect(t.provider.seen[1]?.json['messages']).toMatchObject([
    { role: 'user' },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', input: { city: 'Bern' } }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1' }] },
  ])
})

test('Thoughts of a kept response go back to their provider with their proof, and to no other', async () => {
  const thinking = { type: 'thinking', thinking: 'Hm.', signature: 'EqQB+/=' }
  t.provider.answers.set('POST /v1/messages', () => ({
    json: { ...claudeSays('').call(undefined).json, content: [thinking, { type: 'text', text: 'Yes.' }] },
  }))
  t.provider.answers.set('POST /v1/responses', () => ({ json: openAiResponse('resp_other', 'Hello.') }))
  const reasoning = { effort: 'low' as const }
  const first = await client.responses.create({ model: 'anthropic/claude', input: 'One', reasoning })
  const asked = { input: 'Two', previous_response_id: first.id, reasoning, unknown_field: { kept: true } }
  await client.responses.create({ model: 'anthropic/claude', ...asked })
  expect(t.provider.seen[1]?.json['messages']).toMatchObject([
    { role: 'user' },
    { role: 'assistant', content: [thinking, { type: 'text', text: 'Yes.' }] },
    { role: 'user' },
  ])
  await client.responses.create({ model: 'openai/gpt', ...asked })
  const { input, ...rest } = t.provider.seen[2]?.json ?? {}
  const items = input as { type: string; id?: string }[]
  expect(items.map(({ type }) => type)).toEqual(['message', 'message', 'message'])
  expect(items.every(({ id }) => id === undefined)).toBe(true)
  expect(JSON.stringify(items)).not.toContain('EqQB')
  expect(rest).toMatchObject({ model: 'gpt', unknown_field: { kept: true } })
  expect(rest['previous_response_id']).toBeUndefined()
})

test('A kept response is read, listed and deleted', async () => {
  t.provider.answers.set('*', claudeSays('Hi.'))
  const first = await client.responses.create({ model: 'anthropic/claude', input: 'One' })
  const second = await client.responses.create({
    model: 'anthropic/claude',
    input: 'Two',
    previous_response_id: first.id,
  })
  expect((await client.responses.retrieve(second.id)).output).toEqual(second.output)
  const items = []
  for await (const item of client.responses.inputItems.list(second.id, { order: 'asc', limit: 2 }))
    items.push(item)
  expect(items.map((item) => ('role' in item ? item.role : item.type))).toEqual(['user', 'assistant', 'user'])
  expect(items.every(({ id }) => typeof id === 'string')).toBe(true)
  await expect(client.responses.cancel(second.id)).rejects.toMatchObject({ status: 400 })
  await client.responses.delete(second.id)
  await expect(client.responses.retrieve(second.id)).rejects.toMatchObject({ status: 404 })
  await expect(
    client.responses.create({ model: 'anthropic/claude', input: 'x', previous_response_id: second.id }),
  ).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found', param: 'previous_response_id' })
})

test('What is not to be stored, and what belongs to another project, cannot be continued', async () => {
  t.provider.answers.set('*', claudeSays('Hi.'))
  const unstored = await client.responses.create({ model: 'anthropic/claude', input: 'x', store: false })
  await expect(client.responses.retrieve(unstored.id)).rejects.toMatchObject({ status: 404 })
  const stored = await client.responses.create({ model: 'anthropic/claude', input: 'x' })
  await expect(t.client(keys.other).responses.retrieve(stored.id)).rejects.toMatchObject({ status: 404 })
})

test('A4.24 what OpenAI keeps stays there, and only its connection continues it', async () => {
  t.provider.answers.set('POST /v1/responses', () => ({ json: openAiResponse('resp_native', 'Hello.') }))
  const first = await client.responses.create({ model: 'openai/gpt', input: 'One' })
  expect(first).toMatchObject({ id: 'resp_native', an_unknown_field: true })
  await client.responses.create({ model: 'openai/gpt', input: 'Two', previous_response_id: 'resp_native' })
  expect(t.provider.seen[1]?.json).toEqual({
    model: 'gpt',
    input: 'Two',
    previous_response_id: 'resp_native',
  })
  await expect(
    client.responses.create({ model: 'anthropic/claude', input: 'x', previous_response_id: 'resp_native' }),
  ).rejects.toMatchObject({ status: 400, code: 'model_unsupported', param: 'previous_response_id' })
  await t.configure({
    routes: [
      { name: 'mixed', targets: [{ model: 'anthropic/claude', weight: 100 }, { model: 'openai/gpt' }] },
    ],
  })
  await client.responses.create({ model: 'mixed', input: 'Three', previous_response_id: 'resp_native' })
  expect(t.provider.seen.at(-1)?.path).toBe('/v1/responses')
})

test('A stored response of OpenAI is read, listed and deleted there', async () => {
  const event = (type: string, fields: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: 0, ...fields })}\n\n`
  const response = openAiResponse('resp_streamed', 'Hello.')
  t.provider.answers.set('POST /v1/responses', () => ({
    headers: { 'content-type': 'text/event-stream' },
    pieces: [
      event('response.created', { response: { ...response, status: 'in_progress', output: [] } }),
      event('response.output_text.delta', {
        item_id: 'msg_1',
        output_index: 0,
        content_index: 0,
        delta: 'Hello.',
      }),
      event('response.completed', { response }),
    ],
  }))
  const stream = await client.responses.create({ model: 'openai/gpt', input: 'One', stream: true })
  for await (const _ of stream) continue
  t.provider.answers.set('GET /v1/responses/resp_streamed', () => ({ json: response }))
  t.provider.answers.set('GET /v1/responses/resp_streamed/input_items', () => ({
    json: { object: 'list', data: [{ id: 'msg_0', type: 'message' }], has_more: false },
  }))
  t.provider.answers.set('DELETE /v1/responses/resp_streamed', () => ({
    json: { id: 'resp_streamed', object: 'response', deleted: true },
  }))
  expect(await client.responses.retrieve('resp_streamed')).toMatchObject({ an_unknown_field: true })
  const items = await client.responses.inputItems.list('resp_streamed', { limit: 5 })
  expect(items.data).toHaveLength(1)
  expect(t.provider.seen.at(-1)?.path).toBe('/v1/responses/resp_streamed/input_items?limit=5')
  expect(t.provider.seen.at(-1)?.headers.authorization).toBe('Bearer sk-secret')
  await client.responses.delete('resp_streamed')
  await expect(client.responses.retrieve('resp_streamed')).rejects.toMatchObject({ status: 404 })
})

test('An unknown response is the word of a provider that may know it, else ours', async () => {
  t.provider.answers.set('POST /v1/responses', () => ({ json: openAiResponse('resp_2', 'Hello.') }))
  await client.responses.create({ model: 'openai/gpt', input: 'Two', previous_response_id: 'resp_elsewhere' })
  expect(t.provider.seen).toHaveLength(1)
  await expect(
    client.responses.create({ model: 'offline/extractive', input: 'x', previous_response_id: 'resp_no' }),
  ).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found' })
  await expect(client.responses.retrieve('resp_unknown')).rejects.toMatchObject({ status: 404 })
})

test('Files of kept responses are encrypted and their owner’s alone', async () => {
  t.provider.answers.set('*', claudeSays('A secret answer.'))
  await client.responses.create({ model: 'anthropic/claude', input: 'A secret question' })
  const folder = join(t.dataFolder, 'responses')
  const files = await until(async () => {
    const paths = readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)))
    const found = paths.filter((path) => statSync(path).isFile())
    return found.length > 0 ? found : undefined
  })
  for (const file of files) {
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file).includes('secret')).toBe(false)
  }
})
