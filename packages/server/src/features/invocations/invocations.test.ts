import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { InvocationClaims, InvocationEvent } from '@ratchet/contract'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'
import { makeInvocations, type Invocation } from './invocations.ts'
import { readLines } from './read-lines.ts'

const project = '0192aaaa-0000-7000-8000-000000000001'
const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

type Seen = { path: string; headers: IncomingMessage['headers']; body: Record<string, unknown> }

/** A gateway that answers with `answer`, and the client that calls it. */
async function against(answer: (response: ServerResponse, seen: Seen) => void) {
  const seen: Seen[] = []
  const claims: InvocationClaims[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (bytes: Buffer) => (text += bytes.toString()))
    request.on('end', () => {
      const call = {
        path: request.url ?? '',
        headers: request.headers,
        body: JSON.parse(text) as Record<string, unknown>,
      }
      seen.push(call)
      answer(response, call)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  )
  const invocations = makeInvocations({
    gatewayUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    signToken: (given) => {
      claims.push(given)
      return 'rt_test'
    },
    resolveRelease: async (_project, _app, release) => ({ digest: release === 'r3' ? 'd'.repeat(64) : '' }),
    clock: systemClock,
  })
  return { invocations, seen, claims }
}

const asking = (more: Partial<Invocation> = {}): Invocation => ({
  project,
  environment: 'development',
  keyId: 'key-1',
  model: 'offline/extractive',
  messages: [{ role: 'user', content: 'Hi' }],
  ...more,
})
async function collect(events: AsyncIterable<InvocationEvent>) {
  const all: InvocationEvent[] = []
  for await (const event of events) all.push(event)
  return all
}
const sse = (response: ServerResponse, ...chunks: unknown[]) => {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-ratchet-trace-id': 'a'.repeat(32) })
  for (const chunk of chunks)
    response.write(`data: ${typeof chunk === 'string' ? chunk : JSON.stringify(chunk)}\n\n`)
}
const delta = (content: string) => ({ choices: [{ index: 0, delta: { content } }] })

test('a model call streams its text and finishes with usage and cost', async () => {
  const { invocations, seen, claims } = await against((response) => {
    sse(
      response,
      delta('Hel'),
      delta('lo'),
      { choices: [{ delta: {}, finish_reason: 'stop' }] },
      { choices: [], usage: { prompt_tokens: 5, completion_tokens: 2 }, ratchet: { costNano: 42 } },
      '[DONE]',
    )
    response.end()
  })
  const events = await collect(await invocations.invoke(asking({ userId: 'ada', sessionId: 's 1' })))
  expect(events).toMatchObject([
    { type: 'started', traceId: 'a'.repeat(32), model: 'offline/extractive' },
    { type: 'text', text: 'Hel' },
    { type: 'text', text: 'lo' },
    {
      type: 'finished',
      text: 'Hello',
      usage: { inputTokens: 5, outputTokens: 2 },
      costNano: 42,
      costKnown: true,
      finishReason: 'stop',
    },
  ])
  expect(seen[0]).toMatchObject({
    path: '/v1/chat/completions',
    headers: { authorization: 'Bearer rt_test', 'x-ratchet-session': 's%201' },
    body: { stream: true, user: 'ada' },
  })
  expect(seen[0]?.body).not.toHaveProperty('ratchet')
  expect(claims[0]).toMatchObject({ project, environment: 'development', keyId: 'key-1', releaseDigest: '' })
})

test('an app call names the release by digest and passes inputs, and its events come through as they are', async () => {
  const { invocations, seen, claims } = await against((response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    response.write('{"type":"started","traceId":"t","model":"app/docs","release":"r3"}\n{"type":"te')
    setTimeout(() => {
      response.end(
        'xt","text":"é"}\n\n{"type":"finished","text":"é","outputs":{"x":1},"usage":{},"costNano":0,"finishReason":"stop","durationMs":3}\n',
      )
    }, 10)
  })
  const call = asking({ model: 'app/docs@r3', inputs: { question: 'q' }, entry: 'flows/a.flow.yaml' })
  const events = await collect(await invocations.invoke(call))
  expect(events.map((event) => event.type)).toEqual(['started', 'text', 'finished'])
  expect(seen[0]?.body).toMatchObject({
    model: `app/docs@${'d'.repeat(64)}`,
    ratchet: { inputs: { question: 'q' }, entry: 'flows/a.flow.yaml' },
  })
  expect(claims[0]?.releaseDigest).toBe('d'.repeat(64))
})

test('tool calls are put together from their pieces', async () => {
  const piece = (call: object) => ({ choices: [{ delta: { tool_calls: [call] } }] })
  const { invocations } = await against((response) => {
    sse(
      response,
      piece({ index: 0, id: 'c1', function: { name: 'look', arguments: '{"a"' } }),
      piece({ index: 0, function: { arguments: ':1}' } }),
      '[DONE]',
    )
    response.end()
  })
  const events = await collect(await invocations.invoke(asking()))
  expect(events.at(-1)).toMatchObject({
    outputs: { toolCalls: [{ id: 'c1', name: 'look', arguments: '{"a":1}' }] },
  })
})

test('a refusal before the stream is thrown with the code and message of the gateway', async () => {
  const { invocations } = await against((response) => {
    response.writeHead(404, { 'content-type': 'application/json' })
    response.end('{"error":{"message":"No model \\"x\\". Did you mean \\"y\\"?","code":"model_not_found"}}')
  })
  await expect(invocations.invoke(asking())).rejects.toMatchObject({
    code: 'model_not_found',
    message: expect.stringContaining('Did you mean') as string,
  })
})

test('a stream that is cut, or brings an error, ends with one failed event', async () => {
  const cut = await against((response) => {
    sse(response, delta('Hel'))
    setTimeout(() => response.destroy(), 10)
  })
  expect((await collect(await cut.invocations.invoke(asking()))).at(-1)).toMatchObject({
    type: 'failed',
    error: { code: 'provider_stream_cut' },
  })
  const failing = await against((response) => {
    sse(response, delta('Hel'), { error: { message: 'Overloaded', code: 'overloaded' } })
    response.end()
  })
  expect((await collect(await failing.invocations.invoke(asking()))).at(-1)).toEqual({
    type: 'failed',
    error: { code: 'overloaded', message: 'Overloaded' },
  })
})

test('a deadline passes as a timeout, before the stream and inside it', async () => {
  const silent = await against(() => {})
  await expect(silent.invocations.invoke(asking({ timeoutMs: 50 }))).rejects.toMatchObject({
    code: 'timeout',
  })
  const stalled = await against((response) => sse(response, delta('Hel')))
  expect(
    (await collect(await stalled.invocations.invoke(asking({ timeoutMs: 2_000 })))).at(-1),
  ).toMatchObject({
    type: 'failed',
    error: { code: 'timeout' },
  })
})

test("the caller's abort closes the call and rejects with its reason", async () => {
  let closed = false
  const { invocations } = await against((response) => {
    response.on('close', () => (closed = true))
    sse(response, delta('Hel'))
  })
  const leaving = new AbortController()
  const events = await invocations.invoke(asking({ signal: leaving.signal }))
  await events.next()
  await events.next()
  leaving.abort(new Error('left'))
  await expect(events.next()).rejects.toThrow('left')
  await expect.poll(() => closed).toBe(true)
})

test('a gateway that is down is said to be unavailable', async () => {
  const { invocations } = await against(() => {})
  await cleanups.pop()?.()
  await expect(invocations.invoke(asking())).rejects.toMatchObject({ code: 'unavailable' })
})

test('vectors come back in the order of their texts, and a missing one is an error', async () => {
  const { invocations } = await against((response, { body }) => {
    const vectors = [
      { index: 1, embedding: [0, 1] },
      { index: 0, embedding: [1, 0] },
    ]
    response.end(
      JSON.stringify({
        data: body['input'] instanceof Array && body['input'].length === 2 ? vectors : vectors.slice(1),
      }),
    )
  })
  const call = { project, environment: 'development', keyId: 'index', model: 'offline/embedding' }
  expect(await invocations.embed(['a', 'b'], call)).toEqual([
    [1, 0],
    [0, 1],
  ])
  expect(await invocations.embed([], call)).toEqual([])
  await expect(invocations.embed(['a', 'b', 'c'], call)).rejects.toThrow('1 vectors for 3 texts')
})

test('lines are the same however the bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('é', '😀', 'a', '\n', '\r\n', 'data: x'), { maxLength: 30 }),
      fc.integer({ min: 1, max: 7 }),
      async (parts, size) => {
        const text = parts.join('')
        const bytes = Buffer.from(text)
        async function* body() {
          for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
        }
        const lines: string[] = []
        for await (const line of readLines(body())) lines.push(line)
        const expected = text.split(/\r?\n/)
        if (expected.at(-1) === '') expected.pop()
        expect(lines).toEqual(expected)
      },
    ),
  )
})
