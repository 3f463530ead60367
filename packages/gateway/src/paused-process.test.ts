import { gatewayConfig } from '@ratchet/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exampleSnapshot, keys, project } from './testing/example-snapshot.ts'
import { startFakeUpstream, type FakeUpstream } from './testing/fake-upstream.ts'
import { startGatewayProcess, type GatewayProcess } from './testing/start-gateway-process.ts'
import { until } from './testing/start-test-gateway.ts'

const timeoutMs = 3_000

let upstream: FakeUpstream
let gateway: GatewayProcess
beforeAll(async () => {
  upstream = await startFakeUpstream()
  const targets = [{ model: 'test/gpt-test' }]
  const routes = [
    { name: 'first-token', targets, timeouts: { firstTokenMs: timeoutMs } },
    { name: 'between-tokens', targets, timeouts: { betweenTokensMs: timeoutMs } },
    { name: 'total', targets, timeouts: { totalMs: timeoutMs } },
  ].map((route) => ({ ...route, retries: { attempts: 0 } }))
  gateway = await startGatewayProcess(
    exampleSnapshot(upstream.url, {
      gateway: [{ project, config: gatewayConfig.parse({ routes }) }],
      limits: { bodyBytes: 1_000_000, requestTimeoutMs: 60_000 },
    }),
  )
})
afterAll(async () => {
  await gateway.stop()
  await upstream.stop()
})

test.each(['first-token', 'between-tokens', 'total'])(
  'a gateway that stood still for longer than the time of a provider (%s) reads what that sent before it judges',
  async (model) => {
    const before = upstream.seen.length
    let sent = 0
    let goOn: () => void = () => undefined
    const stopped = new Promise<void>((resolve) => (goOn = resolve))
    upstream.pieces = ['All ', 'is ', 'well.']
    // The first piece comes before the pause where the time between tokens is meant, all others in it.
    upstream.afterPiece = async () => {
      if (sent++ === 0) await stopped
    }
    const response = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.invoke}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Is all well?' }] }),
    }).then((answer) => answer.text())
    await until(async () => (upstream.seen.length > before && sent > 0) || undefined)
    await gateway.stopWhile(async () => {
      goOn()
      await new Promise((resolve) => setTimeout(resolve, timeoutMs + 500))
    })
    const text = await response
    expect(text).toContain('well.')
    expect(text).toContain('[DONE]')
    expect(text).not.toContain('error')
  },
)
