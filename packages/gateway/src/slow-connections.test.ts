import { createServer, type Socket } from 'node:net'
import { gatewayConfig } from '@ratchet/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exampleSnapshot, project } from './testing/example-snapshot.ts'
import { startTestGateway, until, type TestGateway } from './testing/start-test-gateway.ts'

const connectMs = 400

/** Takes connections and never says a word, so that no TLS comes about. */
const silent = createServer()
const sockets = new Set<Socket>()
let t: TestGateway

beforeAll(async () => {
  silent.on('connection', (socket) => sockets.add(socket.on('error', () => undefined)))
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const address = silent.address()
  const port = typeof address === 'object' && address ? address.port : 0
  t = await startTestGateway()
  const { connections } = exampleSnapshot(t.upstream.url)
  const [example] = connections
  if (example === undefined) throw new Error('the example has no connection')
  const deaf = { ...example, name: 'deaf', baseUrl: `https://127.0.0.1:${port}/v1` }
  const timeouts = { connectMs }
  const routes = [
    { name: 'alone', targets: [{ model: 'deaf/gpt-test', timeouts }], retries: { attempts: 0 } },
    {
      name: 'pair',
      targets: [{ model: 'deaf/gpt-test' }, { model: 'test/gpt-test' }],
      retries: { attempts: 0 },
      fallbackOn: ['connect'],
      timeouts,
    },
  ]
  await t.publish({
    connections: [...connections, deaf],
    gateway: [{ project, config: gatewayConfig.parse({ routes }) }],
    limits: { bodyBytes: 1_000_000, requestTimeoutMs: 60_000 },
  })
})
afterAll(async () => {
  await t.stop()
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => silent.close(resolve))
})

const ask = (model: string) =>
  t.post('/v1/chat/completions', { model, messages: [{ role: 'user', content: 'Hi' }] })

test('a connection that does not stand after connectMs fails as one, and not as a slow answer', async () => {
  const response = await ask('alone')
  const waitedMs = Number(/no connection after (\d+) ms/.exec(await response.text())?.[1])
  expect(response.status).toBe(502)
  // Without the setting it would be the ten seconds of every connection.
  expect(waitedMs).toBeGreaterThanOrEqual(connectMs)
  expect(waitedMs).toBeLessThan(9_000)
  expect(await t.spanOf(response)).toMatchObject({ status: 'error', errorCode: 'provider_unreachable' })
})

test('the next target is asked then', async () => {
  const response = await ask('pair')
  expect(response.status).toBe(200)
  const traceId = response.headers.get('x-ratchet-trace-id')
  await t.spanOf(response)
  const reasons = await until(async () => {
    const spans = t.control.spans.filter((span) => span.traceId === traceId)
    return spans.length === 2 ? spans.map(({ attributes }) => attributes).join(' ') : undefined
  })
  expect(reasons).toContain('after connect at deaf/gpt-test')
})
