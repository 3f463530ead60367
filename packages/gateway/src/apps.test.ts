import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { verifyInvocationToken } from './keys/invocation-token.ts'
import { digest, keys } from './testing/example-snapshot.ts'
import { startFakeRunner } from './testing/fake-runner.ts'
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts'

let t: TestGateway
beforeEach(async () => {
  t = await startTestGateway()
})
afterEach(() => t.stop())

const messages = [{ role: 'user' as const, content: 'Which port?' }]
const model = 'app/docs-assistant'

test('an app answers like a model, with its sources as citations, and is one span above the others', async () => {
  const { data, response } = await t
    .client()
    .chat.completions.create({ model, messages, user: 'ada' })
    .withResponse()
  expect(data.choices[0]?.message.content).toBe('The port is 4701 [1].')
  expect(data.choices[0]?.message.annotations).toEqual([
    {
      type: 'url_citation',
      url_citation: { start_index: 17, end_index: 20, url: 'docs/gateway.md', title: 'Gateway > Ports' },
    },
  ])
  expect(data).toMatchObject({
    usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 },
    ratchet: {
      release: 'r1',
      traceId: response.headers.get('x-ratchet-trace-id'),
      sources: [{ id: '1' }],
      costNano: 5,
    },
  })
  const span = await t.spanOf(response)
  expect(span).toMatchObject({
    name: 'app/docs-assistant',
    type: 'app',
    status: 'ok',
    app: 'docs-assistant',
    release: 'r1',
    deployment: 'deployment-1',
    arm: 'main',
    userId: 'ada',
    input: JSON.stringify(messages),
    output: 'The port is 4701 [1].',
    usage: { inputTokens: 0, outputTokens: 0 },
    isLocalRoot: true,
  })
  const [run] = t.runner.seen
  expect(run).toMatchObject({
    app: 'docs-assistant',
    messages,
    traceId: span.traceId,
    parentSpanId: span.spanId,
    userId: 'ada',
    release: { digest },
  })
  expect(verifyInvocationToken(run?.token ?? '', t.snapshot.tokenKey, Date.now())).toMatchObject({
    releaseDigest: digest,
    environment: 'development',
  })
})

test('streamed it comes piece by piece and the last chunk carries citations and the trace', async () => {
  const stream = await t
    .client()
    .chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } })
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').filter(Boolean)).toEqual([
    'The port ',
    'is 4701 [1].',
  ])
  expect(chunks.at(-2)).toMatchObject({
    choices: [{ finish_reason: 'stop', delta: { annotations: [{}] } }],
    ratchet: { release: 'r1' },
  })
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 13 } })
})

test('with x-ratchet-format events come as they are, after one that names the trace', async () => {
  const response = await t.post(
    '/v1/chat/completions',
    { model, messages, ratchet: { inputs: { a: 1 }, entry: 'prompts/x.prompty' } },
    { 'x-ratchet-format': 'events' },
  )
  expect(response.headers.get('content-type')).toBe('application/x-ndjson')
  const events = (await response.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string })
  expect(events.map((event) => event.type)).toEqual([
    'started',
    'sources',
    'text',
    'text',
    'node',
    'finished',
  ])
  expect(events[0]).toMatchObject({ traceId: response.headers.get('x-ratchet-trace-id'), release: 'r1' })
  expect(t.runner.seen[0]).toMatchObject({ inputs: { a: 1 }, entry: 'prompts/x.prompty' })
})

test('an app that fails is an error response before its first text and an error event after it', async () => {
  t.runner.run = (_request, send, response) => {
    send({
      type: 'failed',
      error: { code: 'app_invalid', message: 'The flow has a cycle.', details: { file: 'x' } },
    })
    response.end()
  }
  const early = await t.post('/v1/chat/completions', { model, messages })
  expect(early.status).toBe(422)
  expect(await early.json()).toMatchObject({
    error: { code: 'app_invalid', message: 'The flow has a cycle.', details: { file: 'x' } },
  })
  expect(await t.spanOf(early)).toMatchObject({ status: 'error', errorCode: 'app_invalid' })
  t.runner.run = (_request, send, response) => {
    send({ type: 'text', text: 'Half' })
    send({ type: 'failed', error: { code: 'tool_failed', message: 'The tool failed.' } })
    response.end()
  }
  const late = await (await t.post('/v1/chat/completions', { model, messages, stream: true })).text()
  expect(late).toContain('Half')
  expect(late).toContain('"tool_failed"')
  expect(late).not.toContain('[DONE]')
})

test('a runner that dies in the middle gives an error event and a span that says so', async () => {
  t.runner.run = (_request, send, response) => {
    send({ type: 'text', text: 'Half' })
    setTimeout(() => response.destroy(), 10)
  }
  const response = await t.post('/v1/chat/completions', { model, messages, stream: true })
  const text = await response.text()
  expect(text).toContain('"unavailable"')
  expect(text).not.toContain('[DONE]')
  expect(await t.spanOf(response)).toMatchObject({ status: 'error', output: 'Half' })
})

test('without a runner an app is a 503 to try again; a new runner is found by itself', async () => {
  expect((await t.post('/v1/chat/completions', { model, messages })).status).toBe(200)
  await t.runner.stop()
  const down = await t.post('/v1/chat/completions', { model, messages })
  expect([down.status, down.headers.get('retry-after')]).toEqual([503, '1'])
  const next = await startFakeRunner(join(t.dataFolder, 'run/runner-2.sock'))
  const record = join(t.dataFolder, 'run/runner.json')
  writeFileSync(`${record}.new`, JSON.stringify({ pid: 2, instance: '2', socket: next.socketPath }))
  renameSync(`${record}.new`, record)
  expect((await t.post('/v1/chat/completions', { model, messages })).status).toBe(200)
  expect(next.seen).toHaveLength(1)
  await next.stop()
})

test('a client that leaves stops the run', async () => {
  let closed: (() => void) | undefined
  const isClosed = new Promise<void>((resolve) => (closed = resolve))
  t.runner.run = (_request, send, response) => {
    send({ type: 'text', text: 'Half' })
    response.on('close', () => closed?.())
  }
  const leaving = new AbortController()
  const response = await t.post('/v1/chat/completions', { model, messages, stream: true }, {}, leaving.signal)
  await response.body?.getReader().read()
  leaving.abort()
  await isClosed
  expect(await t.spanOf(response)).toMatchObject({ status: 'cancelled', output: 'Half' })
})

test('an app that is not deployed here is a 404 that says where it is or what is near', async () => {
  const elsewhere = await t.post(
    '/v1/chat/completions',
    { model, messages },
    { authorization: `Bearer ${keys.admin}`, 'x-ratchet-environment': 'production' },
  )
  expect(elsewhere.status).toBe(404)
  expect(await elsewhere.text()).toContain('It is in: development')
  const misspelt = await t.post('/v1/chat/completions', { model: 'app/docs-asistant', messages })
  expect(await misspelt.text()).toContain('app/docs-assistant')
})

test('a release by name needs app:read; a digest that nobody deployed goes to the runner', async () => {
  const named = { model: `${model}@r1`, messages }
  expect((await t.post('/v1/chat/completions', named)).status).toBe(403)
  const admin = { authorization: `Bearer ${keys.admin}` }
  expect((await t.post('/v1/chat/completions', named, admin)).status).toBe(200)
  const draft = 'cd'.repeat(32)
  expect((await t.post('/v1/chat/completions', { model: `${model}@${draft}`, messages }, admin)).status).toBe(
    200,
  )
  expect(t.runner.seen.at(-1)).toMatchObject({ release: { digest: draft, id: '' }, deployment: '' })
  expect((await t.post('/v1/chat/completions', { model: `${model}@r9`, messages }, admin)).status).toBe(404)
})

test('messages that are none are refused before the runner sees them', async () => {
  const response = await t.post('/v1/chat/completions', {
    model,
    messages: [{ role: 'nobody', content: 'x' }],
  })
  expect(response.status).toBe(400)
  expect(t.runner.seen).toHaveLength(0)
})
