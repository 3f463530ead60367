import type OpenAI from 'openai'
import { toFile } from 'openai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { signInvocationToken } from '../keys/invocation-token.ts'
import { digest, keys, project } from '../testing/example-snapshot.ts'
import { startEndpointGateway, type EndpointGateway } from '../testing/start-endpoint-gateway.ts'

let t: EndpointGateway
let client: OpenAI

beforeAll(async () => {
  t = await startEndpointGateway({ openai: ['gpt', 'gpt-large'], 'openai-compatible': [] })
  client = t.client()
  await t.configure({ routes: [{ name: 'fast', targets: [{ model: 'openai/gpt' }] }] })
})
afterAll(() => t.stop())
beforeEach(() => {
  t.provider.seen.length = 0
  t.provider.answers.clear()
})

const file = (id: string, more: object = {}) => ({
  id,
  object: 'file',
  bytes: 3,
  created_at: 1,
  filename: 'a.jsonl',
  purpose: 'assistants',
  ...more,
})
const line = (model: string, number: number) =>
  JSON.stringify({
    custom_id: String(number),
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model, messages: [{ role: 'user', content: `Hi "model": "x" ${number}` }] },
  })

test('A file goes to the only provider that has files, and comes back under an id that names it', async () => {
  const bytes = Buffer.from(Array.from({ length: 50_000 }, (_, index) => index % 256))
  t.provider.answers.set('POST /v1/files', () => ({ json: file('file-1') }))
  const { data, response } = await client.files
    .create({ file: await toFile(bytes, 'a.bin'), purpose: 'assistants' })
    .withResponse()
  expect(data).toMatchObject({ id: 'rc_openai_file-1', filename: 'a.jsonl' })
  expect(t.provider.seen[0]?.body.includes(bytes)).toBe(true)
  expect(t.provider.seen[0]?.headers.authorization).toBe('Bearer sk-secret')
  expect(await t.spanOf(response)).toMatchObject({
    name: 'openai POST files',
    type: 'other',
    status: 'ok',
    connection: 'openai',
  })
  t.provider.answers.set('GET /v1/files/file-1', () => ({ json: file('file-1') }))
  t.provider.answers.set('GET /v1/files/file-1/content', () => ({
    headers: { 'content-type': 'application/json' },
    bytes: '{"id":"file-1","kept":1.50}',
  }))
  t.provider.answers.set('DELETE /v1/files/file-1', () => ({
    json: { id: 'file-1', object: 'file', deleted: true },
  }))
  expect((await client.files.retrieve(data.id)).id).toBe('rc_openai_file-1')
  expect(await (await client.files.content(data.id)).text()).toBe('{"id":"file-1","kept":1.50}')
  expect(await client.files.delete(data.id)).toMatchObject({ id: 'rc_openai_file-1', deleted: true })
})

test('Batch requests say where they go by their models, and get the provider’s names', async () => {
  t.provider.answers.set('POST /v1/files', () => ({ json: file('file-2', { purpose: 'batch' }) }))
  t.provider.answers.set('POST /v1/batches', ({ json }) => ({
    json: { id: 'batch_1', object: 'batch', status: 'validating', input_file_id: json['input_file_id'] },
  }))
  const lines = [line('fast', 1), line('openai/gpt-large', 2), line('fast', 3)].join('\n')
  const input = await client.files.create({
    file: await toFile(Buffer.from(lines), 'b.jsonl'),
    purpose: 'batch',
  })
  const expected = [line('gpt', 1), line('gpt-large', 2), line('gpt', 3)].join('\n')
  expect(t.provider.seen[0]?.body.toString()).toContain(`\r\n\r\n${expected}\r\n`)
  const batch = await client.batches.create({
    input_file_id: input.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  })
  expect(batch).toMatchObject({ id: 'rc_openai_batch_1', input_file_id: 'rc_openai_file-2' })
  expect(t.provider.seen[1]?.json).toEqual({
    input_file_id: 'file-2',
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  })
  t.provider.answers.set('GET /v1/batches/batch_1', () => ({
    json: { id: 'batch_1', object: 'batch', status: 'completed', output_file_id: 'file-3' },
  }))
  expect(await client.batches.retrieve(batch.id)).toMatchObject({ output_file_id: 'rc_openai_file-3' })
  t.provider.answers.set('POST /v1/batches/batch_1/cancel', () => ({ json: { id: 'batch_1' } }))
  expect((await client.batches.cancel(batch.id)).id).toBe('rc_openai_batch_1')
})

test('Spans tell which routes the lines of a file name, and of which file a batch is', async () => {
  t.provider.answers.set('POST /v1/files', () => ({ json: file('file-9', { purpose: 'batch' }) }))
  t.provider.answers.set('POST /v1/batches', () => ({ json: { id: 'batch_9', object: 'batch' } }))
  const upload = async (...models: string[]) => {
    const bytes = Buffer.from(models.map(line).join('\n'))
    const { data, response } = await client.files
      .create({ file: await toFile(bytes, 'b.jsonl'), purpose: 'batch' })
      .withResponse()
    return { id: data.id, attributes: JSON.parse((await t.spanOf(response)).attributes) }
  }
  const routed = await upload('fast', 'openai/gpt-large', 'fast', 'openai/gpt', '__proto__', 'fast').catch(
    (error: unknown) => error,
  )
  // Only what there is can be asked.
  expect(routed).toMatchObject({ status: 404 })
  const { id, attributes } = await upload(
    'fast',
    'openai/gpt-large',
    'fast',
    'openai/gpt',
    'openai/__proto__',
  )
  expect(attributes).toMatchObject({
    batch_file: 'file-9',
    batch_routes: { gpt: { fast: 2, '': 1 }, 'gpt-large': { '': 1 } },
  })
  expect(Object.hasOwn(attributes.batch_routes, '__proto__')).toBe(true)
  expect((await upload('openai/gpt')).attributes).not.toHaveProperty('batch_routes')
  const { response } = await client.batches
    .create({ input_file_id: id, endpoint: '/v1/chat/completions', completion_window: '24h' })
    .withResponse()
  expect(JSON.parse((await t.spanOf(response)).attributes)).toMatchObject({
    batch_created: 'batch_9',
    batch_file: 'file-9',
  })
})

test('The span of a batch that an app’s run made names the app', async () => {
  t.provider.answers.set('POST /v1/batches', () => ({ json: { id: 'batch_8', object: 'batch' } }))
  const claims = {
    project,
    environment: 'development',
    keyId: 'key-invoke',
    releaseDigest: digest,
    expiresAtMs: Date.now() + 60_000,
  }
  const token = signInvocationToken(claims, t.snapshot.tokenKey)
  const make = (by: OpenAI) =>
    by.batches
      .create({
        input_file_id: 'rc_openai_file-9',
        endpoint: '/v1/chat/completions',
        completion_window: '24h',
      })
      .withResponse()
  const inApp = await make(client.withOptions({ apiKey: token }))
  const { app } = t.snapshot.deployments[0]!
  expect(await t.spanOf(inApp.response)).toMatchObject({ app })
  const outside = await make(client)
  expect(await t.spanOf(outside.response)).toMatchObject({ app: '' })
})

test('A batch of models that no single connection has is refused, and so is a line without a model', async () => {
  const send = async (lines: string) =>
    client.files.create({ file: await toFile(Buffer.from(lines), 'b.jsonl'), purpose: 'batch' })
  await expect(send(`${line('fast', 1)}\n${line('offline/extractive', 2)}`)).rejects.toMatchObject({
    status: 400,
    param: 'file',
  })
  await expect(send('{"custom_id":"1"}')).rejects.toMatchObject({ status: 400, param: 'file' })
  await expect(send(line('nobody', 1))).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
  expect(t.provider.seen).toHaveLength(0)
})

test('Lists go over all connections, page by page; one that has no such API is passed over', async () => {
  const pages: Record<string, { data: object[]; has_more: boolean }> = {
    '': { data: [file('f1'), file('f2')], has_more: true },
    f2: { data: [file('f3')], has_more: false },
  }
  t.provider.answers.set('GET /v1/files', ({ path, headers }) => {
    const query = new URLSearchParams(path.split('?')[1])
    if (headers.authorization !== 'Bearer sk-secret') return { status: 404, json: {} }
    return { json: { object: 'list', ...pages[query.get('after') ?? ''] } }
  })
  const headers = { 'x-ratchet-connection': 'openai' }
  const ids = []
  for await (const each of client.files.list({ limit: 2 }, { headers })) ids.push(each.id)
  expect(ids).toEqual(['rc_openai_f1', 'rc_openai_f2', 'rc_openai_f3'])
  const all = await client.files.list({ limit: 100 })
  const owners = new Set(all.data.map(({ id }) => id.split('_')[1]))
  expect(owners).toEqual(new Set(['openai', 'openai-compatible']))
  t.provider.answers.clear()
  await expect(client.files.list()).rejects.toMatchObject({ status: 502 })
})

test('Ids of another project, of nobody, and ids that we never gave are not found', async () => {
  const other = t.client(keys.other)
  await expect(other.files.retrieve('rc_openai_file-1')).rejects.toMatchObject({ status: 404 })
  await expect(client.files.retrieve('file-1')).rejects.toMatchObject({ status: 404 })
  await expect(client.batches.retrieve('rc_gone_batch_1')).rejects.toMatchObject({ status: 404 })
  const foreign = client.batches.create({
    input_file_id: 'file-1',
    endpoint: '/v1/embeddings',
    completion_window: '24h',
  })
  await expect(foreign).rejects.toMatchObject({ status: 400, param: 'input_file_id' })
  expect(t.provider.seen).toHaveLength(0)
})

test('A provider’s refusal comes with its status and words', async () => {
  t.provider.answers.set('GET /v1/files/file-9', () => ({
    status: 404,
    json: { error: { message: 'No such File object: file-9', type: 'invalid_request_error' } },
  }))
  await expect(client.files.retrieve('rc_openai_file-9')).rejects.toMatchObject({
    status: 404,
    message: expect.stringContaining('No such File object'),
  })
})

test('Large files are uploaded in parts', async () => {
  t.provider.answers.set('POST /v1/uploads', () => ({ json: { id: 'upload_1', object: 'upload' } }))
  t.provider.answers.set('POST /v1/uploads/upload_1/parts', () => ({
    json: { id: 'part_1', object: 'upload.part', upload_id: 'upload_1' },
  }))
  t.provider.answers.set('POST /v1/uploads/upload_1/complete', () => ({
    json: { id: 'upload_1', object: 'upload', file: file('file-7') },
  }))
  const upload = await client.uploads.create({
    bytes: 3,
    filename: 'a',
    mime_type: 'text/plain',
    purpose: 'assistants',
  })
  const part = await client.uploads.parts.create(upload.id, { data: await toFile(Buffer.from('abc')) })
  expect(part).toMatchObject({ id: 'rc_openai_part_1', upload_id: 'rc_openai_upload_1' })
  const done = await client.uploads.complete(upload.id, { part_ids: [part.id] })
  expect(done.file?.id).toBe('rc_openai_file-7')
  expect(t.provider.seen.at(-1)?.json).toEqual({ part_ids: ['part_1'] })
})

test('A file over the limit of bodies streams through', async () => {
  t.provider.answers.set('POST /v1/files', () => ({ json: file('file-8') }))
  const bytes = Buffer.alloc(3_000_000, 7)
  const created = await client.files.create({ file: await toFile(bytes, 'a.bin'), purpose: 'user_data' })
  expect(created.id).toBe('rc_openai_file-8')
  expect(t.provider.seen[0]?.body.includes(bytes)).toBe(true)
})

test('Limits hold for files as well, listed or sent', async () => {
  await t.configure({
    limits: [{ name: 'few', scope: 'key', measure: 'requests', limit: 2, windowSeconds: 3600 }],
  })
  t.provider.answers.set('*', () => ({ json: { object: 'list', data: [], id: 'file-1' } }))
  await client.files.list()
  await client.files.retrieve('rc_openai_file-1')
  await expect(client.files.list()).rejects.toMatchObject({ status: 429 })
  await expect(client.files.retrieve('rc_openai_file-1')).rejects.toMatchObject({ status: 429 })
  await t.configure({})
})

test('A batch is not begun for whoever has used up a budget or a limit of cost; files may still be read', async () => {
  t.provider.answers.set('POST /v1/batches', () => ({
    json: { id: 'b-1', object: 'batch', status: 'validating' },
  }))
  t.provider.answers.set('GET /v1/files/file-1', () => ({ json: file('file-1') }))
  const begin = () =>
    client.batches
      .create({
        input_file_id: 'rc_openai_file-1',
        endpoint: '/v1/chat/completions',
        completion_window: '24h',
      })
      .then(
        () => 200,
        (error: unknown) => (error instanceof Error && 'status' in error ? error.status : error),
      )
  const money = { name: 'none', scope: 'project' } as const
  await t.configure({ budgets: [{ ...money, period: 'month', limitUsd: 0 }] })
  expect(await begin()).toBe(402)
  expect((await client.files.retrieve('rc_openai_file-1')).id).toBe('rc_openai_file-1')
  await t.configure({ limits: [{ ...money, measure: 'cost', limit: 0 }] })
  expect(await begin()).toBe(429)
  await t.configure({ budgets: [{ ...money, period: 'month', limitUsd: 0.000_001 }] })
  expect(await begin()).toBe(200)
})

test('Lines of a batch pass the guardrails on input of the routes that they name', async () => {
  const rule = (action: 'redact' | 'block') => ({
    name: 'mail',
    detectors: [{ type: 'pii' as const }],
    on: ['input' as const],
    action,
  })
  const routes = [{ name: 'fast', targets: [{ model: 'openai/gpt' }], guardrails: ['privacy'] }]
  const upload = async () => {
    const lines = [
      line('openai/gpt', 1),
      line('fast', 2).replace('Hi', 'Hi ada@example.com'),
      line('fast', 3),
    ]
    const sent = await toFile(Buffer.from(lines.join('\n')), 'a.jsonl')
    return client.files.create({ file: sent, purpose: 'batch' })
  }
  t.provider.answers.set('POST /v1/files', () => ({ json: file('file-b', { purpose: 'batch' }) }))
  try {
    await t.configure({ routes, guardrails: [{ name: 'privacy', rules: [rule('redact')] }] })
    await upload()
    const body = t.provider.seen.at(-1)?.body.toString() ?? ''
    expect(body).toContain('Hi [EMAIL]')
    expect(body).not.toContain('ada@')
    expect(body.match(/"custom_id"/g)).toHaveLength(3)
    await t.configure({ routes, guardrails: [{ name: 'privacy', rules: [rule('block')] }] })
    const asked = t.provider.seen.length
    await expect(upload()).rejects.toThrow(/Line 2 of the file: .*blocked by rule "mail"/)
    expect(t.provider.seen).toHaveLength(asked)
  } finally {
    await t.configure({ routes: [{ name: 'fast', targets: [{ model: 'openai/gpt' }] }] })
  }
})

test('Spans say which uploads no guardrail has read, where there are guardrails', async () => {
  t.provider.answers.set('POST /v1/files', () => ({ json: file('file-u') }))
  t.provider.answers.set('POST /v1/uploads/upload_1/parts', () => ({
    json: { id: 'part_1', object: 'upload.part', upload_id: 'upload_1' },
  }))
  const noteOf = async (bytes: Buffer, purpose: 'batch' | 'user_data') => {
    const { response } = await client.files
      .create({ file: await toFile(bytes, 'a.jsonl'), purpose })
      .withResponse()
    return JSON.parse((await t.spanOf(response)).attributes).guardrails
  }
  const batch = Buffer.from(line('openai/gpt', 1))
  const large = Buffer.alloc(3_000_000, 0x20)
  expect(await noteOf(large, 'batch')).toBeUndefined()
  const mail = {
    name: 'mail',
    detectors: [{ type: 'pii' as const }],
    on: ['input' as const],
    action: 'redact' as const,
  }
  try {
    await t.configure({ guardrails: [{ name: 'privacy', rules: [mail] }] })
    expect(await noteOf(large, 'batch')).toBe('not scanned: file above the limit of bodies')
    expect(await noteOf(Buffer.from('abc'), 'user_data')).toBe('not scanned: file that is no batch')
    expect(await noteOf(batch, 'batch')).toBeUndefined()
    const { response } = await client.uploads.parts
      .create('rc_openai_upload_1', { data: await toFile(Buffer.from('abc')) })
      .withResponse()
    expect(JSON.parse((await t.spanOf(response)).attributes).guardrails).toBe('not scanned: part of a file')
  } finally {
    await t.configure({ routes: [{ name: 'fast', targets: [{ model: 'openai/gpt' }] }] })
  }
})
