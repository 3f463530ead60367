import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { gatewayConfig, type Snapshot, type SpanRecord } from '@ratchet/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleSnapshot, keys, project } from '../packages/gateway/src/testing/example-snapshot.ts'
import { startChaosGateway, type ChaosGateway } from './support/chaos-gateway.ts'
import { providerFaults, startFaultProvider, type FaultProvider } from './support/fault-provider.ts'
import { pause, waitFor } from './support/start-ratchet.ts'

const unreachable = ['refuses', 'tls-failure', 'dns-failure'] as const
const faults = [...providerFaults, ...unreachable]
type Fault = (typeof faults)[number]

let provider: FaultProvider
let snapshot: Snapshot
let gateway: ChaosGateway

beforeAll(async () => {
  provider = await startFaultProvider()
  snapshot = makeSnapshot()
  gateway = await startChaosGateway(snapshot)
})
afterAll(async () => {
  await gateway.stop()
  await provider.stop()
})

/** A connection for each fault, a healthy one, and for each fault a route that falls back to the healthy one. */
function makeSnapshot(): Snapshot {
  const base = exampleSnapshot(provider.url)
  const [example] = base.connections
  if (example === undefined) throw new Error('the example has no connection')
  const price = { inputNano: 2e9, outputNano: 8e9 }
  const connection = (name: string, baseUrl: string) => ({
    ...example,
    name,
    baseUrl,
    models: [],
    prices: { [name]: price, healthy: price },
  })
  const addresses: Partial<Record<Fault, string>> = {
    refuses: 'http://127.0.0.1:1/v1',
    'tls-failure': `https://127.0.0.1:${provider.port}/v1`,
    'dns-failure': 'http://no-such-host.invalid/v1',
  }
  const routes = faults.map((fault) => ({
    name: `steady-${fault}`,
    targets: [{ model: `${fault}/${fault}` }, { model: 'healthy/healthy' }],
    // The fallback has no longer either: a machine that stands still for a moment is not to look like a provider that hangs.
    timeouts: { firstTokenMs: 4_000, betweenTokensMs: 4_000, totalMs: 40_000 },
    retries: { attempts: 0 },
    // A plain answer that comes drop by drop is never silent: only a second question helps.
    ...(fault === 'slow-drip' ? { hedgeAfterMs: 300 } : {}),
  }))
  const unhedged = routes.map((route) => ({
    ...route,
    name: route.name.replace('steady', 'unhedged'),
    hedgeAfterMs: undefined,
  }))
  return {
    ...base,
    connections: [
      connection('healthy', provider.url),
      ...faults.map((fault) => connection(fault, addresses[fault] ?? provider.url)),
    ],
    gateway: [{ project, config: gatewayConfig.parse({ routes: [...routes, ...unhedged] }) }],
    limits: { bodyBytes: 1_000_000, requestTimeoutMs: 40_000 },
  }
}

type Asked = { readonly status: number; readonly text: string; readonly traceId: string }

async function ask(model: string, more: object = {}, headers: Record<string, string> = {}): Promise<Asked> {
  const response = await fetch(`${gateway.url()}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.invoke}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Is all well?' }], ...more }),
    signal: AbortSignal.timeout(45_000),
  })
  return {
    status: response.status,
    text: await response.text(),
    traceId: response.headers.get('x-ratchet-trace-id') ?? '',
  }
}

/** The span of the call itself, once it has come to control. */
const spanOf = (traceId: string): Promise<SpanRecord> =>
  waitFor('the span', async () =>
    gateway.control().spans.find((span) => span.traceId === traceId && span.parentSpanId === ''),
  )

const isWhole = ({ status, text }: Asked): boolean =>
  status === 200 && text.includes('well.') && (!text.startsWith('data:') || text.includes('[DONE]'))

const metrics = async (): Promise<string> => (await fetch(`${gateway.url()}/metrics`)).text()
async function figure(name: string): Promise<number> {
  const line = (await metrics()).split('\n').find((each) => each.startsWith(`${name} `))
  return Number(line?.slice(name.length + 1) ?? Number.NaN)
}
/** Nothing that a call held is still held. */
const isQuiet = () =>
  waitFor('all calls have ended', async () =>
    (await figure('ratchet_gateway_active_requests')) === 0 ? true : undefined,
  )

/** What the caller sees, without a fallback, and what the span says. */
type Outcome = { readonly status: number; readonly code: string; readonly isCharged: boolean }
const provided = (code: string, status = 502): Outcome => ({ status, code, isCharged: false })

describe('without a fallback the caller is told what happened, the trace says it, and nothing is charged for it', () => {
  const outcomes: Partial<Record<Fault, Outcome>> = {
    refuses: provided('provider_unreachable'),
    'tls-failure': provided('provider_unreachable'),
    'dns-failure': provided('provider_unreachable'),
    'hangs-before': provided('timeout', 504),
    'hangs-middle': provided('timeout', 504),
    'half-event': provided('provider_stream_cut'),
    'invalid-json': provided('provider_error'),
    'wrong-content-type': provided('provider_error'),
    'rate-limited': provided('provider_error', 429),
    'server-error': provided('provider_error', 500),
    'slow-drip': provided('timeout', 504),
    'endless-answer': provided('provider_error'),
  }
  test.each(Object.entries(outcomes))('%s', async (fault, { status, code, isCharged }) => {
    const asked = await ask(
      `${fault}/${fault}`,
      {},
      { 'x-ratchet-timeout-ms': code === 'timeout' ? '700' : '20000' },
    )
    expect(asked.status).toBe(status)
    expect(JSON.parse(asked.text)).toMatchObject({
      error: { message: expect.stringMatching(/.+/) as string },
    })
    const span = await spanOf(asked.traceId)
    expect(span).toMatchObject({ status: 'error', errorCode: code, connection: fault })
    expect(span.costNano > 0).toBe(isCharged)
  })

  test.each(['hangs-middle', 'half-event'])(
    '%s in the middle of a stream: an error event ends it, and what came is charged as an estimate',
    async (fault) => {
      const asked = await ask(`${fault}/${fault}`, { stream: true }, { 'x-ratchet-timeout-ms': '4000' })
      expect(asked.status).toBe(200)
      expect(asked.text).toMatch(/All [^]*"error":/)
      expect(asked.text).not.toContain('[DONE]')
      const span = await spanOf(asked.traceId)
      expect(span).toMatchObject({ status: 'error', usageEstimated: true, output: 'All ' })
      expect(span.costNano).toBeGreaterThan(0)
    },
  )
})

test('with a healthy fallback at least 99.99 % of thousands of calls succeed, whatever the first provider does', async () => {
  const calls = faults.flatMap((fault) =>
    Array.from({ length: fault === 'endless-answer' ? 6 : 320 }, (_, index) => ({ fault, index })),
  )
  calls.sort((one, other) => one.index - other.index)
  const failed: string[] = []
  const work = async (): Promise<void> => {
    for (let call = calls.pop(); call !== undefined; call = calls.pop()) {
      // What has reached the client cannot be taken back: streams only where the fault comes before.
      const breaksLate = ['hangs-middle', 'half-event', 'closes-keep-alive', 'endless-answer'].includes(
        call.fault,
      )
      const asked = await ask(`steady-${call.fault}`, { stream: !breaksLate && call.index % 2 === 0 }).catch(
        (error: unknown) => ({ status: 0, text: String(error), traceId: '' }),
      )
      if (!isWhole(asked)) failed.push(`${call.fault}: ${asked.status} ${asked.text.slice(0, 200)}`)
    }
  }
  const total = calls.length
  await Promise.all(Array.from({ length: 24 }, work))
  expect(total).toBeGreaterThan(3_500)
  expect(failed.slice(0, 5)).toEqual([])
  expect(failed.length / total).toBeLessThanOrEqual(0.000_1)
  await isQuiet()
  expect(gateway.memoryBytes()).toBeLessThan(1_200 * 1024 * 1024)
  expect(gateway.control().problems).toEqual([])
})

test('a stream that comes drop by drop is as good as silent: the fallback answers', async () => {
  const asked = await ask('unhedged-slow-drip', { stream: true })
  expect(isWhole(asked)).toBe(true)
  expect(await spanOf(asked.traceId)).toMatchObject({ status: 'ok', connection: 'healthy' })
})

test('a fallback is charged once, at the price of who answered, and the failed attempt is traced with its reason', async () => {
  const { traceId } = await ask('steady-server-error')
  const span = await spanOf(traceId)
  expect(span).toMatchObject({ status: 'ok', connection: 'healthy', usageEstimated: false })
  expect(span.costNano).toBe(20 * 2_000 + 5 * 8_000)
})

const head = (more: string): string =>
  `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${keys.invoke}\r\ncontent-type: application/json\r\n${more}\r\n`

function open(send: (socket: Socket) => void): { readonly socket: Socket; readonly closed: Promise<string> } {
  const socket = connect({ port: gateway.port(), host: '127.0.0.1' })
  let text = ''
  socket.on('data', (part: Buffer) => (text += part.toString('latin1')))
  socket.on('error', () => undefined)
  send(socket)
  return { socket, closed: new Promise((resolve) => socket.on('close', () => resolve(text))) }
}

describe('clients', () => {
  test('one that goes away: its provider is let go, the span is cancelled, what was used is an estimate', async () => {
    const body = JSON.stringify({
      model: 'hangs-middle/hangs-middle',
      stream: true,
      messages: [{ role: 'user', content: 'Hi.' }],
    })
    const traceId = randomBytes(16).toString('hex')
    const { socket } = open((each) =>
      each.write(
        `${head(`traceparent: 00-${traceId}-${'0'.repeat(15)}1-01\r\ncontent-length: ${body.length}\r\n`)}${body}`,
      ),
    )
    await new Promise((resolve) => socket.once('data', resolve))
    socket.destroy()
    const span = await waitFor('the span', async () =>
      gateway.control().spans.find((each) => each.traceId === traceId),
    )
    expect(span).toMatchObject({ status: 'cancelled', errorCode: 'client_closed', usageEstimated: true })
    await isQuiet()
  })

  test.each([
    ['malformed JSON', '{"model": "healthy/healthy", "messages": [', {}, 400, 'invalid_json'],
    ['a body that is no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe]), {}, 400, 'invalid_json'],
    ['a wrong content-encoding', 'x', { 'content-encoding': 'gzip' }, 400, 'bad_request'],
  ] as const)('%s is a 400 that says so, and nobody is asked', async (_, body, headers, status, code) => {
    const before = provider.seen.get('healthy')
    const response = await fetch(`${gateway.url()}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.invoke}`, ...headers },
      body,
    })
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error: { code } })
    expect(provider.seen.get('healthy')).toBe(before)
  })

  test('a body of 200 MB is refused, named or not, and costs no memory', async () => {
    const before = gateway.memoryBytes()
    const named = open((socket) =>
      socket.write(head('expect: 100-continue\r\ncontent-length: 209715200\r\n')),
    )
    expect(await named.closed).toMatch(/^HTTP\/1.1 413 /)
    const part = Buffer.alloc(64 * 1024, 'a')
    const unnamed = open((socket) => {
      socket.write(head('transfer-encoding: chunked\r\n'))
      let sent = 0
      const write = (): void => {
        while (!socket.destroyed && sent < 200 * 1024 * 1024) {
          sent += part.length
          socket.write(`${part.length.toString(16)}\r\n`)
          socket.write(part)
          if (!socket.write('\r\n')) return void socket.once('drain', write)
        }
        socket.end('0\r\n\r\n')
      }
      write()
    })
    expect(await unnamed.closed).toMatch(/^HTTP\/1.1 413 /)
    expect(gateway.memoryBytes() - before).toBeLessThan(150 * 1024 * 1024)
    await isQuiet()
  })

  test('one that sends a byte a second and one that never reads are cut off, and others do not notice', async () => {
    await gateway.kill()
    await gateway.start({
      env: { RATCHET_REQUEST_READ_TIMEOUT_MS: '4000', RATCHET_WRITE_TIMEOUT_MS: '4000' },
    })
    await waitFor('it serves', async () => (isWhole(await ask('healthy/healthy')) ? true : undefined))
    const slow = Array.from({ length: 20 }, () =>
      open((socket) => {
        socket.write(head('content-length: 500\r\n'))
        const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write(' ')), 200)
      }),
    )
    const body = JSON.stringify({
      model: 'endless-answer/endless-answer',
      messages: [{ role: 'user', content: 'Hi.' }],
    })
    const deaf = connect({ port: gateway.port(), host: '127.0.0.1' })
    deaf.on('error', () => undefined)
    deaf.pause()
    for (let index = 0; index < 1; index++) deaf.write(`${head(`content-length: ${body.length}\r\n`)}${body}`)
    const others = await Promise.all(Array.from({ length: 40 }, () => ask('healthy/healthy')))
    expect(others.filter((asked) => !isWhole(asked))).toEqual([])
    for (const { closed } of slow) expect(await closed).toMatch(/^HTTP\/1.1 408 /)
    deaf.destroy()
    expect(await figure('ratchet_gateway_cut_connections_total{reason="slow-request"}')).toBe(20)
    await isQuiet()
  })
})

describe('ours', () => {
  test('control is killed: calls go on, also after a restart without it, and their spans come when it is back', async () => {
    await gateway.stopControl()
    const during = await Promise.all(Array.from({ length: 50 }, () => ask('healthy/healthy')))
    expect(during.filter((asked) => !isWhole(asked))).toEqual([])
    await gateway.kill()
    await gateway.start()
    const after = await ask('steady-refuses')
    expect(isWhole(after)).toBe(true)
    await gateway.startControl()
    for (const { traceId } of [...during.slice(0, 5), after]) await spanOf(traceId)
  })

  test('a corrupt snapshot on disk: 503 with Retry-After until control answers, and then calls', async () => {
    await gateway.kill()
    await gateway.stopControl()
    const path = join(gateway.dataFolder, 'run/snapshot.sealed')
    const bytes = readFileSync(path)
    bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 1
    writeFileSync(path, bytes)
    await gateway.start()
    const response = await fetch(`${gateway.url()}/v1/models`, {
      headers: { authorization: `Bearer ${keys.invoke}` },
    })
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(gateway.log()).toContain('starting without the saved snapshot')
    await gateway.startControl()
    await waitFor('calls', async () => (isWhole(await ask('healthy/healthy')) ? true : undefined))
    await expect.poll(() => readFileSync(path).equals(bytes)).toBe(false)
  })

  test('a torn or empty snapshot on disk does not stop the start', async () => {
    await gateway.kill()
    for (const content of ['', 'RTS1', 'garbage that is long enough to hold an iv and a tag, but is none']) {
      writeFileSync(join(gateway.dataFolder, 'run/snapshot.sealed'), content)
      await gateway.start()
      await waitFor('calls', async () => (isWhole(await ask('healthy/healthy')) ? true : undefined))
      await gateway.kill()
    }
    await gateway.start()
  })

  test('a full disk: no call fails, spans that cannot be kept are counted, and figures say so', async () => {
    await gateway.kill()
    await gateway.stopControl()
    await gateway.start({ fileLimitKib: 16, env: { RATCHET_ACCESS_LOG: '/dev/full' } })
    const asked: Asked[] = []
    for (let round = 0; round < 10; round++)
      asked.push(...(await Promise.all(Array.from({ length: 30 }, () => ask('healthy/healthy')))))
    expect(asked.filter((each) => !isWhole(each))).toEqual([])
    await expect.poll(() => figure('ratchet_spool_dropped_records_total')).toBeGreaterThan(0)
    await expect.poll(() => gateway.log()).toContain('the access log cannot be written')
    await gateway.kill()
    await gateway.startControl()
    await gateway.start()
    await waitFor('calls', async () => (isWhole(await ask('healthy/healthy')) ? true : undefined))
  })
})

test('at the end nothing is left: no open call, and the process that was there is alive', async () => {
  await pause(100)
  await isQuiet()
  expect(isWhole(await ask('healthy/healthy'))).toBe(true)
  expect(gateway.log()).not.toContain('a request failed unexpectedly')
})
