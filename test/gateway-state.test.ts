import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createConnection, createKey, getGatewayState, type TargetState } from '@ratchet/contract'
import { makeClient } from '@ratchet/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bootstrapKey, startRatchet, waitFor, type RunningRatchet } from './support/start-ratchet.ts'

let ratchet: RunningRatchet
let provider: Server
let isDead = false

const answer = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'All is well.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 2, completion_tokens: 4, total_tokens: 6 },
})

beforeAll(async () => {
  provider = createServer((request, response) => {
    request.resume()
    request.on('end', () =>
      response
        .writeHead(isDead ? 500 : 200, { 'content-type': 'application/json' })
        .end(isDead ? '{"error":{"message":"broken"}}' : answer),
    )
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => provider.once('listening', resolve))
  ratchet = await startRatchet({ args: ['--gateways', '2'] })
  const { port } = provider.address() as AddressInfo
  await ratchet.client.call(createConnection, {
    body: {
      name: 'frail',
      provider: 'openai-compatible',
      baseUrl: `http://127.0.0.1:${String(port)}/v1`,
      allowPrivate: true,
    },
  })
  await waitFor('the connection is in force', async () => ((await ask()) === 200 ? true : undefined))
})
afterAll(async () => {
  provider?.closeAllConnections()
  provider?.close()
  await ratchet?.stop()
})

async function ask(): Promise<number> {
  const response = await fetch(`${ratchet.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${bootstrapKey}`,
      'content-type': 'application/json',
      connection: 'close',
    },
    body: JSON.stringify({ model: 'frail/m', messages: [{ role: 'user', content: 'hi' }] }),
  })
  await response.text()
  return response.status
}

async function target(): Promise<TargetState | undefined> {
  const { items } = await ratchet.client.call(getGatewayState, { query: { connection: 'frail' } })
  return items.find(({ model }) => model === 'm')
}

test('a provider that dies is seen as open within seconds, and as closed once it answers again', async () => {
  await waitFor('both gateways have reported', async () =>
    Object.keys(await instances()).join() === 'gateway,gateway-2' ? true : undefined,
  )
  isDead = true
  for (let count = 0; count < 12; count++) expect(await ask()).toBeGreaterThanOrEqual(500)
  const failedMs = performance.now()
  const open = await waitFor('the breaker is seen open', async () => {
    const found = await target()
    return found?.state === 'open' ? found : undefined
  })
  expect(performance.now() - failedMs).toBeLessThan(5_000)
  expect(open.gateways.open + open.gateways.closed).toBe(2)
  expect(open.reason).toMatch(/failures in a row|calls failed/)
  expect(Date.parse(open.retryAt ?? '')).toBeGreaterThan(Date.now())
  isDead = false
  const closed = await waitFor(
    'the breaker is seen closed',
    async () => {
      await ask()
      const found = await target()
      return found?.state === 'closed' ? found : undefined
    },
    30_000,
  )
  expect(closed).toMatchObject({ gateways: { open: 0, halfOpen: 0, closed: 2 }, inFlight: 0 })
  expect(closed.openings).toBeGreaterThan(0)
})

test('a key that may only call models is refused, by name of what it lacks', async () => {
  const { secret } = await ratchet.client.call(createKey, {
    body: { name: 'weak', scopes: ['model:invoke'] },
  })
  const refused = await makeClient({ baseUrl: ratchet.url, key: secret })
    .call(getGatewayState)
    .catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'forbidden', message: expect.stringContaining('gateway:read') })
})

/** The processes that the list shows, by name. */
async function instances(): Promise<Record<string, string>> {
  const { gateways } = await ratchet.client.call(getGatewayState)
  return Object.fromEntries(gateways.map(({ name, instance }) => [name, instance]))
}

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'a gateway that ends by %s is no longer counted, long before its silence would tell',
  async (signal) => {
    const before = await waitFor('two gateways have reported', async () => {
      const found = await instances()
      return found['gateway-2'] === undefined ? undefined : found
    })
    process.kill(ratchet.pidOf('gateway-2'), signal)
    await waitFor(
      'the ended process is gone, and another is there in its place',
      async () => {
        const { gateway, 'gateway-2': second } = await instances()
        return gateway === before['gateway'] && second !== undefined && second !== before['gateway-2']
          ? true
          : undefined
      },
      20_000,
    )
    expect((await ratchet.client.call(getGatewayState)).gateways).toHaveLength(2)
  },
)
