import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import {
  type compareEvaluations,
  getJob,
  invoke,
  listJobs,
  listKeys,
  createKey,
  type Job,
} from '@ratchet/contract'
import { afterEach, expect, expectTypeOf, test } from 'vitest'
import { ApiError } from './api-error.ts'
import { makeClient } from './client.ts'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  servers.push(server)
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  return typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : ''
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

const job: Job = {
  id: '01900000-0000-7000-8000-000000000001',
  name: 'evaluate',
  state: 'done',
  summary: 'docs-quality',
  attempts: 1,
  createdAt: '2026-11-21T08:00:00.000Z',
}
const json = { 'content-type': 'application/json' }

test('a call fills the path, sends the key and gives the checked answer', async () => {
  let seen: IncomingMessage | undefined
  const baseUrl = await serve((request, response) => {
    seen = request
    response.writeHead(200, json).end(JSON.stringify({ job: { ...job, addedLater: 1 } }))
  })
  const client = makeClient({
    baseUrl,
    key: 'rk_test_0123456789abcdef',
    project: 'p1',
    environment: 'staging',
  })
  const answer = await client.call(getJob, { params: { id: job.id } })
  expect(answer).toEqual({ job })
  expectTypeOf(answer.job).toEqualTypeOf<Job>()
  expect(seen?.url).toBe(`/api/v1/jobs/${job.id}`)
  expect(seen?.headers).toMatchObject({
    authorization: 'Bearer rk_test_0123456789abcdef',
    'x-ratchet-project': 'p1',
    'x-ratchet-environment': 'staging',
  })
})

test('a body is sent as JSON and a query as text', async () => {
  const seen: string[] = []
  const baseUrl = await serve((request, response) => {
    void bodyOf(request).then((body) => {
      seen.push(`${request.method} ${request.url} ${body}`)
      response.writeHead(409, json).end(JSON.stringify({ error: { code: 'conflict', message: 'no' } }))
    })
  })
  const client = makeClient({ baseUrl: `${baseUrl}/` })
  await client.call(createKey, { body: { name: 'ci' } }).catch(() => undefined)
  await client.call(listKeys, { query: { limit: 5, cursor: undefined } }).catch(() => undefined)
  expect(seen).toEqual(['POST /api/v1/keys {"name":"ci"}', 'GET /api/v1/keys?limit=5 '])
})

test('parts are typed: a required query or path cannot be left out', () => {
  const client = makeClient({ baseUrl: '' })
  expectTypeOf(client.call<typeof compareEvaluations>)
    .parameter(1)
    .toHaveProperty('query')
  expectTypeOf(client.call<typeof getJob>)
    .parameter(1)
    .toHaveProperty('params')
  // @ts-expect-error: getJob needs params
  const wrong = () => client.call(getJob)
  // @ts-expect-error: getJob is not a list
  const notPaged = () => client.pages(getJob, { params: { id: 'x' } })
  expect([wrong, notPaged]).toHaveLength(2)
})

test('a refused call throws the server’s code, message, details and request id', async () => {
  const baseUrl = await serve((_, response) => {
    const body = {
      error: { code: 'not_found', message: 'No job "x".', details: { id: 'x' }, requestId: 'r-1' },
    }
    response.writeHead(404, json).end(JSON.stringify(body))
  })
  const error = await makeClient({ baseUrl })
    .call(getJob, { params: { id: 'x' } })
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({
    code: 'not_found',
    status: 404,
    message: 'No job "x".',
    details: { id: 'x' },
    requestId: 'r-1',
  })
})

test('a proxy’s error page keeps its status and first words', async () => {
  const baseUrl = await serve((_, response) => response.writeHead(502).end('<h1>Bad gateway</h1>'))
  const error = await makeClient({ baseUrl })
    .call(listJobs)
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({
    code: 'unavailable',
    message: `${baseUrl} answered 502 Bad Gateway: <h1>Bad gateway</h1>`,
  })
})

test('nobody listening says where and how to start', async () => {
  const error = await makeClient({ baseUrl: 'http://127.0.0.1:1' })
    .call(listJobs)
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'unavailable' })
  expect(String(error)).toContain('http://127.0.0.1:1 cannot be reached')
  expect(String(error)).toContain('npx ratchet up')
})

test('a server that hangs ends at the deadline, an aborted call with the reason of its signal', async () => {
  const baseUrl = await serve(() => undefined)
  const client = makeClient({ baseUrl, timeoutMs: 50 })
  await expect(client.call(listJobs)).rejects.toMatchObject({ code: 'timeout' })
  const controller = new AbortController()
  const call = client.call(listJobs, { signal: controller.signal, timeoutMs: 5_000 })
  controller.abort(new Error('left the page'))
  await expect(call).rejects.toThrow('left the page')
})

test('a polled read sends its ETag and gives the same object again on 304', async () => {
  const conditions: (string | undefined)[] = []
  const baseUrl = await serve((request, response) => {
    conditions.push(request.headers['if-none-match'])
    if (request.headers['if-none-match'] === '"v1"') response.writeHead(304).end()
    else response.writeHead(200, { ...json, etag: '"v1"' }).end(JSON.stringify({ items: [job] }))
  })
  const client = makeClient({ baseUrl })
  const first = await client.call(listJobs)
  expect(await client.call(listJobs)).toBe(first)
  await client.call(listJobs, { query: { limit: 7 } })
  expect(conditions).toEqual([undefined, '"v1"', undefined])
})

test('an answer that does not fit names the field', async () => {
  const baseUrl = await serve((_, response) => response.writeHead(200, json).end('{"job":{"id":1}}'))
  await expect(makeClient({ baseUrl }).call(getJob, { params: { id: 'x' } })).rejects.toThrow('"job.id"')
})

test('pages walks the cursors to the end and stops when the reader stops', async () => {
  const asked: (string | undefined)[] = []
  const baseUrl = await serve((request, response) => {
    asked.push(request.url)
    const isLast = request.url?.includes('cursor=c2')
    response
      .writeHead(200, json)
      .end(
        JSON.stringify({ items: [job], ...(isLast ? {} : { nextCursor: asked.length === 1 ? 'c1' : 'c2' }) }),
      )
  })
  const client = makeClient({ baseUrl })
  let rows = 0
  for await (const page of client.pages(listJobs, { query: { limit: 1 } })) rows += page.items.length
  expect(rows).toBe(3)
  expect(asked.map((url) => url?.split('?')[1])).toEqual([
    'limit=1',
    'limit=1&cursor=c1',
    'limit=1&cursor=c2',
  ])
  asked.length = 0
  for await (const page of client.pages(listJobs)) if (page.items.length > 0) break
  expect(asked).toHaveLength(1)
})

test('events are read as they come and leaving the loop closes the connection', async () => {
  let closed: () => void = () => undefined
  const whenClosed = new Promise<void>((resolve) => (closed = resolve))
  const baseUrl = await serve((_, response) => {
    response.on('close', closed)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(': beat\n\ndata: {"type":"text","te')
    setTimeout(() => response.write('xt":"Hé"}\n\ndata: {"type":"text","text":"!"}\n\n'), 10)
  })
  for await (const event of makeClient({ baseUrl }).events(invoke, {
    body: { model: 'offline/extractive' },
  })) {
    expect(event).toEqual({ type: 'text', text: 'Hé' })
    break
  }
  await whenClosed
})

test('an error event and a cut stream both throw', async () => {
  const baseUrl = await serve((request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    if (request.headers['x-ratchet-project'] === 'cut') {
      response.write('data: {"type":"text","text":"a"}\n\n')
      setTimeout(() => response.destroy(), 10)
    } else
      response.end(
        'event: error\ndata: {"error":{"code":"provider_error","message":"Provider said 500."}}\n\n',
      )
  })
  const read = async (project: string) => {
    const texts: unknown[] = []
    for await (const event of makeClient({ baseUrl, project }).events(invoke, { body: { model: 'm' } }))
      texts.push(event)
    return texts
  }
  await expect(read('error')).rejects.toMatchObject({ code: 'provider_error', message: 'Provider said 500.' })
  await expect(read('cut')).rejects.toMatchObject({ code: 'unavailable' })
})

test('a silent stream ends at the idle deadline', async () => {
  const baseUrl = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': beat\n\n')
  })
  const client = makeClient({ baseUrl, idleTimeoutMs: 50 })
  const read = async () => {
    for await (const event of client.events(invoke, { body: { model: 'm' } })) void event
  }
  await expect(read()).rejects.toMatchObject({ code: 'timeout' })
})
