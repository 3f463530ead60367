import { once } from 'node:events'
import { connect } from 'node:net'
import { serve } from '@hono/node-server'
import { AppError, defineRoute, permissions } from '@ratchet/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { makeLog, silentLog } from '../log.ts'
import { makeActor, type Actor } from './actor.ts'
import { makeHttpApp, mount, type HttpApp } from './http-app.ts'
import { parseJson } from './request-body.ts'

const echo = defineRoute({
  name: 'echo',
  method: 'POST',
  path: '/api/v1/things/{id}/echo',
  summary: 'Echo',
  tag: 'test',
  permission: 'app:write',
  params: z.object({ id: z.string() }),
  query: z.object({ times: z.coerce.number().int().max(5).default(1) }),
  body: z.object({ name: z.string(), size: z.number().min(1) }),
  output: z.object({ id: z.string(), name: z.string(), times: z.number(), actor: z.string() }),
})
const poll = defineRoute({
  name: 'poll',
  method: 'GET',
  path: '/api/v1/poll',
  summary: 'Poll',
  tag: 'test',
  permission: 'app:read',
  output: z.object({ n: z.number() }),
  etag: true,
})
const tail = defineRoute({
  name: 'tail',
  method: 'GET',
  path: '/api/v1/tail',
  summary: 'Tail',
  tag: 'test',
  permission: 'public',
  query: z.object({ count: z.coerce.number() }),
  output: z.object({ n: z.number() }),
  kind: 'events',
})
const broken = defineRoute({
  name: 'broken',
  method: 'GET',
  path: '/api/v1/broken',
  summary: 'Broken',
  tag: 'test',
  permission: 'public',
  output: z.object({}),
})

async function authenticate(request: Request): Promise<Actor> {
  const kind = request.headers.get('cookie') ? 'session' : 'key'
  const credential = request.headers.get('authorization') ?? request.headers.get('cookie')
  if (credential === null) throw new AppError('unauthenticated', { message: 'Send a key.' })
  const held = permissions.filter((name) => credential !== 'read' || name.endsWith(':read'))
  return makeActor({ kind, id: '1', name: 'tester', project: 'p', permissions: new Set(held) })
}

function makeTestApp(
  parts: { bodyLimitBytes?: number; heartbeatMs?: number; lines?: string[] } = {},
): HttpApp {
  const log = parts.lines
    ? makeLog({ level: 'debug', destination: { write: (line) => void parts.lines?.push(line) } })
    : silentLog
  const edge = makeHttpApp({ authenticate, log, bodyLimitBytes: 1_000, ...parts })
  mount(edge, echo, async ({ params, query, body, actor }) => {
    const row = { id: params.id, ...body, times: query.times, actor: actor.name, passwordHash: 'x' }
    return row
  })
  mount(edge, poll, async () => ({ n: 1 }))
  mount(edge, broken, async () => {
    throw new Error('secret detail')
  })
  mount(edge, tail, async ({ query, signal }) => {
    if (query.count === 0) throw new AppError('not_found', { message: 'Nothing to tail.' })
    return (async function* () {
      for (let n = 1; n <= query.count; n++) {
        if (n === 4) throw new AppError('gone', { message: 'The source ended.' })
        yield { n }
      }
      if (query.count === 3) await new Promise((resolve) => signal.addEventListener('abort', resolve))
    })()
  })
  return edge
}

const json = { 'content-type': 'application/json' }
const valid = JSON.stringify({ name: 'x', size: 2 })

function post(
  edge: HttpApp,
  body: string,
  headers: Record<string, string> = { authorization: 'all' },
  path = '/api/v1/things/a%20b/echo?times=2',
) {
  return edge.hono.request(path, { method: 'POST', body, headers: { ...json, ...headers } })
}

describe('a mounted route', () => {
  test('parses path, query and body, and answers only what the contract names', async () => {
    const response = await post(makeTestApp(), valid)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ id: 'a b', name: 'x', times: 2, actor: 'tester' })
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test.each([
    [JSON.stringify({ name: 'x', size: 0 }), 'times=2', 'size'],
    [JSON.stringify({ size: 1 }), 'times=2', 'name'],
    [valid, 'times=9', 'times'],
    [valid, 'times=x', 'times'],
  ])('with the body %s and %s names the field "%s"', async (body, query, field) => {
    const response = await post(makeTestApp(), body, undefined, `/api/v1/things/1/echo?${query}`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: {
        code: 'validation_failed',
        message: expect.stringContaining(`"${field}"`),
        details: { issues: [{ field }] },
      },
    })
  })

  test('with malformed JSON says where it breaks', async () => {
    const response = await post(makeTestApp(), '{"name": "x",\n  "size": oops}')
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: {
        code: 'invalid_json',
        message: expect.stringContaining('line 2, column 11'),
        details: { line: 2, column: 11 },
      },
    })
  })

  test('with a body over the limit answers 413, announced or not', async () => {
    const edge = makeTestApp()
    const big = JSON.stringify({ name: 'x'.repeat(2_000), size: 1 })
    expect((await post(edge, big)).status).toBe(413)
    const stream = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 30; i++) controller.enqueue(new Uint8Array(100))
        controller.close()
      },
    })
    const request = new Request('http://x/api/v1/things/1/echo', {
      method: 'POST',
      body: stream,
      duplex: 'half',
      headers: { ...json, authorization: 'all' },
    } as RequestInit)
    const response = await edge.hono.fetch(request)
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({
      error: { code: 'body_too_large', details: { limitBytes: 1_000 } },
    })
  })

  test('without a key answers 401, without the permission 403, both before it looks at the body', async () => {
    const edge = makeTestApp()
    const none = await post(edge, '{broken', {})
    expect(none.status).toBe(401)
    expect(none.headers.get('www-authenticate')).toBe('Bearer')
    const reader = await post(edge, '{broken', { authorization: 'read' })
    expect(reader.status).toBe(403)
    expect(await reader.json()).toMatchObject({
      error: {
        code: 'forbidden',
        message: expect.stringContaining('app:write'),
        details: { permission: 'app:write' },
      },
    })
  })

  test('refuses a body that is not JSON by its type', async () => {
    const response = await post(makeTestApp(), valid, { authorization: 'all', 'content-type': 'text/plain' })
    expect(await response.json()).toMatchObject({
      error: { code: 'bad_request', message: expect.stringContaining('text/plain') },
    })
  })
})

describe('requests with the session cookie', () => {
  test.each([
    [{ 'sec-fetch-site': 'same-origin' }, 200],
    [{ origin: 'http://localhost', host: 'localhost' }, 200],
    [{ 'sec-fetch-site': 'cross-site', origin: 'http://evil.example' }, 403],
    [{ 'sec-fetch-site': 'same-site', origin: 'http://localhost' }, 403],
    [{ origin: 'http://evil.example', host: 'localhost' }, 403],
    [{ origin: 'null', host: 'localhost' }, 403],
    [{}, 403],
  ])('that change something and carry %j get %i', async (headers, status) => {
    expect((await post(makeTestApp(), valid, { cookie: 's', ...headers })).status).toBe(status)
  })

  test('may read from anywhere', async () => {
    const response = await makeTestApp().hono.request('/api/v1/poll', {
      headers: { cookie: 's', 'sec-fetch-site': 'none' },
    })
    expect(response.status).toBe(200)
  })
})

test('input that the database refuses is named by its field', async () => {
  const edge = makeHttpApp({ authenticate, log: silentLog })
  mount(edge, echo, async () => {
    throw Object.assign(new Error('invalid byte sequence'), { code: '22021' })
  })
  const response = await post(edge, JSON.stringify({ name: 'a\0b', size: 2 }))
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    error: { code: 'validation_failed', message: expect.stringContaining('"name" contains') },
  })
})

test('a polled route answers 304 while nothing changed', async () => {
  const edge = makeTestApp()
  const get = (headers: Record<string, string>) =>
    edge.hono.request('/api/v1/poll', { headers: { authorization: 'all', ...headers } })
  const first = await get({})
  const tag = first.headers.get('etag')!
  const again = await get({ 'if-none-match': `"other", W/${tag}` })
  expect(again.status).toBe(304)
  expect(await again.text()).toBe('')
  expect((await get({ 'if-none-match': '"other"' })).status).toBe(200)
})

test('request ids are kept when harmless, replaced when not, and stand in the error body', async () => {
  const edge = makeTestApp()
  const get = (id: string) => edge.hono.request('/api/v1/nothing', { headers: { 'x-request-id': id } })
  const kept = await get('build-7')
  expect(kept.status).toBe(404)
  expect(kept.headers.get('x-request-id')).toBe('build-7')
  expect(await kept.json()).toMatchObject({ error: { code: 'not_found', requestId: 'build-7' } })
  expect((await get('a b{}')).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
})

test('the wrong method on a known path is 405 with the right ones', async () => {
  const response = await makeTestApp().hono.request('/api/v1/poll', { method: 'DELETE' })
  expect(response.status).toBe(405)
  expect(await response.json()).toMatchObject({
    error: { code: 'method_not_allowed', details: { allowed: ['GET'] } },
  })
})

test('an unexpected failure is logged once with its cause and shown without it', async () => {
  const lines: string[] = []
  const response = await makeTestApp({ lines }).hono.request('/api/v1/broken?q=private')
  expect(response.status).toBe(500)
  const text = await response.text()
  expect(text).not.toContain('secret detail')
  const requestId = response.headers.get('x-request-id')!
  expect(text).toContain(requestId)
  expect(lines.filter((line) => line.includes('secret detail'))).toHaveLength(1)
  expect(lines.join('')).toContain(requestId)
  expect(lines.join('')).not.toContain('private')
})

describe('an event stream', () => {
  test('sends each output as a data line, and a failure on the way as an error event', async () => {
    const response = await makeTestApp().hono.request('/api/v1/tail?count=9')
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith(':'))
    expect(lines.slice(0, 4)).toEqual(['data: {"n":1}', 'data: {"n":2}', 'data: {"n":3}', 'event: error'])
    expect(JSON.parse(lines[4]!.slice(6))).toMatchObject({ error: { code: 'gone' } })
  })

  test('that fails before it starts is an ordinary error', async () => {
    expect((await makeTestApp().hono.request('/api/v1/tail?count=0')).status).toBe(404)
  })

  test('beats while nothing happens and ends when the client goes away, over a real socket', async () => {
    const edge = makeTestApp({ heartbeatMs: 20 })
    const ended = Promise.withResolvers<void>()
    const route = { ...tail, path: '/api/v1/live' as const }
    mount(edge, route, async ({ signal }) =>
      (async function* () {
        try {
          yield { n: 1 }
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
        } finally {
          ended.resolve()
        }
      })(),
    )
    const server = serve({ fetch: edge.hono.fetch, port: 0, hostname: '127.0.0.1' })
    await once(server, 'listening')
    const address = server.address()
    const socket = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1')
    socket.write('GET /api/v1/live?count=1 HTTP/1.1\r\nHost: x\r\n\r\n')
    let received = ''
    for await (const chunk of socket) {
      received += String(chunk)
      if (received.includes('data: {"n":1}') && /\n:\n/.test(received.replaceAll('\r', ''))) break
    }
    socket.destroy()
    await ended.promise
    await new Promise((resolve) => server.close(resolve))
  })
})

test('malformed JSON of any kind is reported with a position inside the text', () => {
  fc.assert(
    fc.property(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', '}', '\u0000', 'é', '"', '\n,'),
      (text, at, insert) => {
        const cut = at % (text.length + 1)
        const changed = text.slice(0, cut) + insert
        const position = brokenAt(changed)
        expect(position).toBeGreaterThanOrEqual(0)
        expect(position).toBeLessThanOrEqual(changed.length)
      },
    ),
  )
})

/** Where the text is reported to break; 0 when it is fine. */
function brokenAt(text: string): number {
  try {
    parseJson(new TextEncoder().encode(text))
    return 0
  } catch (error) {
    return ((error as AppError).details as { position: number }).position
  }
}
