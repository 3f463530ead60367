import { connect, type Socket } from 'node:net'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { GatewayConfig } from './config.ts'
import type { ProtectionSettings } from './protection/protection-settings.ts'
import { keys } from './testing/example-snapshot.ts'
import { sendRaw } from './testing/raw-call.ts'
import { startTestGateway, until, type TestGateway } from './testing/start-test-gateway.ts'

let t: TestGateway
afterEach(() => t.stop())

async function start(
  protection: Partial<ProtectionSettings>,
  more: Partial<GatewayConfig> = {},
): Promise<void> {
  t = await startTestGateway({ protection: { shedDelayMs: 0, ...protection }, ...more })
}

const ask = (model = 'test/gpt-test', headers: Record<string, string> = {}, path = '/v1/chat/completions') =>
  t.post(path, { model, max_tokens: 5, messages: [{ role: 'user', content: 'Hi.' }] }, headers)

async function figure(name: string): Promise<number> {
  const text = await (await fetch(`${t.gateway.url}/metrics`)).text()
  const line = text.split('\n').find((each) => each.startsWith(`${name} `))
  return Number(line?.slice(name.length + 1))
}

/** What the server sends until it closes; `send` may write for as long as it likes. */
function talk(send: (socket: Socket) => void, timeoutMs = 20_000): Promise<{ text: string; tookMs: number }> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now()
    const socket = connect({ port: t.gateway.port, host: '127.0.0.1' })
    let text = ''
    const timer = setTimeout(() => reject(new Error(`still open after ${timeoutMs} ms: ${text}`)), timeoutMs)
    socket.on('data', (part: Buffer) => (text += part.toString('latin1')))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve({ text, tookMs: performance.now() - startedMs })
    })
    send(socket)
  })
}

const head = (more: string): string =>
  `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${keys.invoke}\r\n${more}\r\n`

function drip(socket: Socket, text: string, everyMs: number): void {
  let at = 0
  const timer = setInterval(() => {
    if (socket.destroyed || at >= text.length) return clearInterval(timer)
    socket.write(text[at++] ?? '')
  }, everyMs)
}

test('a blocked event loop refuses new calls with 503 and Retry-After, in the format of each API, and health stays up', async () => {
  await start({ shedDelayMs: 300 })
  const endMs = performance.now() + 2_000
  while (performance.now() < endMs);
  const response = await ask()
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('1')
  expect(await response.json()).toMatchObject({ error: { code: 'overloaded', type: 'server_error' } })
  expect(await (await ask('x', {}, '/v1/messages')).json()).toMatchObject({
    type: 'error',
    error: { type: 'overloaded_error' },
  })
  expect(await (await ask('x', {}, '/v1beta/models/x:generateContent')).json()).toMatchObject({
    error: { code: 503, status: 'UNAVAILABLE' },
  })
  expect((await fetch(`${t.gateway.url}/health/live`)).status).toBe(200)
  expect(await figure('ratchet_gateway_shed_requests_total{reason="delay"}')).toBe(3)
  expect(await until(async () => ((await ask()).status === 200 ? 200 : undefined))).toBe(200)
})

test('over the bound of calls in flight only the most important ones pass, before a byte of a body is read', async () => {
  await start({ shedCalls: 5 })
  const leave = new AbortController()
  const running = Array.from({ length: 5 }, () =>
    t
      .post(
        '/v1/chat/completions',
        { model: 'any/mode:hang', messages: [{ role: 'user', content: 'Hi.' }] },
        {},
        leave.signal,
      )
      .catch(() => undefined),
  )
  await until(async () => ((await figure('ratchet_gateway_active_requests')) === 5 ? true : undefined))
  const { text } = await talk((socket) => {
    socket.write(head('content-length: 900000\r\n'))
    socket.once('data', () => socket.destroy())
  })
  expect(text).toMatch(/^HTTP\/1.1 503 /)
  expect((await ask('test/gpt-test', { 'x-ratchet-priority': '7' })).status).toBe(503)
  expect((await ask('test/gpt-test', { 'x-ratchet-priority': '8' })).status).toBe(200)
  leave.abort()
  await Promise.all(running)
  await until(async () => ((await ask()).status === 200 ? true : undefined))
})

test('a head that comes a byte at a time is cut off with 408', async () => {
  await start({ headersTimeoutMs: 300, requestReadTimeoutMs: 600 })
  const { text, tookMs } = await talk((socket) => drip(socket, head('content-length: 10\r\n'), 40))
  expect(text).toMatch(/^HTTP\/1.1 408 [^]*request_timeout/)
  expect(tookMs).toBeLessThan(5_000)
  expect(await figure('ratchet_gateway_cut_connections_total{reason="slow-request"}')).toBe(1)
})

test('a body that comes a byte at a time is cut off with 408', async () => {
  await start({ requestReadTimeoutMs: 400 })
  const { text, tookMs } = await talk((socket) => {
    socket.write(head('content-type: application/json\r\ncontent-length: 1000\r\n'))
    drip(socket, '{"model":"test/gpt-test"'.padEnd(900), 40)
  })
  expect(text).toMatch(/^HTTP\/1.1 408 /)
  expect(tookMs).toBeGreaterThan(350)
  expect(tookMs).toBeLessThan(5_000)
  await until(async () => ((await figure('ratchet_gateway_active_requests')) === 0 ? true : undefined))
})

test('a slow request behind a running stream on the same connection writes nothing into the stream', async () => {
  await start({ requestReadTimeoutMs: 1_500 })
  t.upstream.pauseMs = 600
  const body = JSON.stringify({
    model: 'any/mode:stream',
    stream: true,
    messages: [{ role: 'user', content: 'Hi.' }],
  })
  const { text } = await talk((socket) =>
    socket.write(
      `${head(`content-length: ${Buffer.byteLength(body)}\r\n`)}${body}${head('content-length: 50\r\n')}{"mod`,
    ),
  )
  expect(text).toMatch(/^HTTP\/1.1 200 [^]*data: /)
  expect(text).not.toContain('HTTP/1.1 408')
})

test('a connection that never says anything is closed', async () => {
  await start({ headersTimeoutMs: 200, requestReadTimeoutMs: 300 })
  const { tookMs } = await talk(() => undefined)
  expect(tookMs).toBeLessThan(5_000)
})

test('a client that never reads is cut off, counted, and its call ends', async () => {
  await start({ writeTimeoutMs: 300 })
  t.upstream.pieces = Array<string>(60).fill('x'.repeat(500_000))
  const body = JSON.stringify({
    model: 'test/gpt-test',
    stream: true,
    messages: [{ role: 'user', content: 'Hi.' }],
  })
  const socket = connect({ port: t.gateway.port, host: '127.0.0.1' })
  socket.on('error', () => undefined)
  socket.pause()
  socket.write(`${head(`content-length: ${Buffer.byteLength(body)}\r\n`)}${body}`)
  await until(async () =>
    (await figure('ratchet_gateway_cut_connections_total{reason="stalled-reader"}')) === 1 ? true : undefined,
  )
  await until(async () => ((await figure('ratchet_gateway_active_requests')) === 0 ? true : undefined))
  socket.destroy()
})

test('headers that are too large or too many are a 431 that says so', async () => {
  await start({ headerLimitBytes: 4_000, headerLimitCount: 20 })
  const large = await talk((socket) => socket.write(head(`x-large: ${'a'.repeat(6_000)}\r\n`)))
  expect(large.text).toMatch(/^HTTP\/1.1 431 [^]*RATCHET_HEADER_LIMIT_BYTES/)
  const many = Array.from({ length: 30 }, (_, index) => `x-${index}: 1\r\n`).join('')
  const { text } = await talk((socket) => socket.write(head(`content-length: 0\r\n${many}`)))
  expect(text).toMatch(/^HTTP\/1.1 431 [^]*the gateway takes 20/)
  expect(await figure('ratchet_gateway_cut_connections_total{reason="headers-too-large"}')).toBe(2)
})

test('what is no HTTP is a 400', async () => {
  await start({})
  const { text } = await talk((socket) => socket.write('hello there\r\n\r\n'))
  expect(text).toMatch(/^HTTP\/1.1 400 [^]*bad_request/)
})

test('Expect: 100-continue is answered before the body comes', async () => {
  await start({})
  const body = JSON.stringify({ model: 'test/gpt-test', messages: [{ role: 'user', content: 'Hi.' }] })
  const { text } = await talk((socket) => {
    socket.write(
      head(`expect: 100-continue\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`),
    )
    socket.once('data', () => socket.write(body))
  })
  expect(text).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/)
})

test('Expect: 100-continue with a body over the limit is refused without asking for it', async () => {
  await start({})
  const { text } = await talk((socket) => {
    socket.write(head('expect: 100-continue\r\nconnection: close\r\ncontent-length: 2000000\r\n'))
    socket.once('data', () => setTimeout(() => socket.destroy(), 50))
  })
  expect(text).toMatch(/^HTTP\/1.1 413 /)
})

test('a WebSocket is refused, an offer of HTTP/2 is passed over', async () => {
  await start({})
  const { text } = await talk((socket) =>
    socket.write('GET /v1/realtime HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n'),
  )
  expect(text).toMatch(/^HTTP\/1.1 400 [^]*WebSocket/)
  const offer = await talk((socket) =>
    socket.write(
      'GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: Upgrade, HTTP2-Settings, close\r\nupgrade: h2c\r\nhttp2-settings: AAMA\r\n\r\n',
    ),
  )
  expect(offer.text).toMatch(/^HTTP\/1.1 200 /)
})

test('who is refused before sending its body still gets the answer', async () => {
  await start({})
  const chunks = [
    Buffer.from(
      'POST /v1/chat/completions HTTP/1.0\r\nhost: x\r\nconnection: close, upgrade\r\nupgrade: websocket\r\ncontent-length: 900000\r\n\r\n',
    ),
    ...Array.from({ length: 90 }, () => Buffer.alloc(10_000, 'x')),
  ]
  const { text } = await sendRaw(t.gateway.port, { chunks, ending: 'wait' }, 20_000)
  expect(text).toMatch(/^HTTP\/1\.1 400 [^]*WebSocket/)
})

test('connections over the limit are refused and counted, those that are open go on', async () => {
  await start({ maxConnections: 3 })
  const open = Array.from({ length: 6 }, () => connect({ port: t.gateway.port, host: '127.0.0.1' }))
  let closed = 0
  for (const socket of open) socket.on('error', () => undefined).on('close', () => (closed += 1))
  await until(async () => (closed >= 3 ? true : undefined))
  for (const socket of open) socket.destroy()
  await until(async () => (await ask()).status === 200 || undefined)
  expect(
    await figure('ratchet_gateway_cut_connections_total{reason="too-many-connections"}'),
  ).toBeGreaterThanOrEqual(3)
})

test('the access log has a line per request, with times and sizes and without bodies and secrets', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'ratchet-access-')), 'access.log')
  await start({}, { accessLog: path })
  const response = await t.post('/v1/chat/completions', {
    model: 'test/gpt-test',
    messages: [{ role: 'user', content: 'a secret question' }],
  })
  const answer = await response.text()
  await (
    await ask('any/mode:none', { authorization: 'Bearer rk_nobody_0123456789abcdef0123456789abcdef' })
  ).text()
  const lines = await until(async () => {
    const text = readFileSync(path, 'utf8').trim().split('\n')
    return text.length === 2 ? text : undefined
  })
  const entry = JSON.parse(lines[0] ?? '') as Record<string, unknown>
  expect(entry).toMatchObject({
    method: 'POST',
    route: '/v1/chat/completions',
    status: 200,
    model: 'test/gpt-test',
    keyId: 'key-invoke',
    traceId: response.headers.get('x-ratchet-trace-id'),
    isStream: false,
  })
  expect(entry['responseBytes']).toBeGreaterThan(answer.length)
  expect(entry['requestBytes']).toBeGreaterThan(50)
  expect(entry['durationMs']).toBeGreaterThanOrEqual(Number(entry['providerMs']))
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({ status: 401, keyId: '', model: '' })
  expect(lines.join('')).not.toMatch(/secret|0123456789abcdef/)
})

test('each process answers health and figures on a socket of its own, named in its record', async () => {
  await start({})
  const record = JSON.parse(readFileSync(join(t.dataFolder, 'run/gateway.json'), 'utf8')) as Record<
    string,
    string
  >
  const answer = await new Promise<string>((resolve) => {
    let text = ''
    const socket = connect(record['socket'] ?? '')
    socket.on('data', (part: Buffer) => (text += part.toString())).on('close', () => resolve(text))
    socket.write('GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  })
  expect(answer).toContain('ratchet_gateway_requests_total')
})
