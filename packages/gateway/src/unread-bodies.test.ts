import { afterAll, beforeAll, expect, test } from 'vitest'
import { exampleSnapshot } from './testing/example-snapshot.ts'
import { startRawUpstream, type RawUpstream } from './testing/raw-upstream.ts'
import { startTestGateway, until, type TestGateway } from './testing/start-test-gateway.ts'

let provider: RawUpstream
let t: TestGateway
beforeAll(async () => {
  provider = await startRawUpstream()
  t = await startTestGateway()
  await t.publish({ connections: exampleSnapshot(provider.url).connections })
})
afterAll(async () => {
  await t.stop()
  await provider.stop()
})

/** No JSON, in a field that nobody here has to read. */
const broken = `{"model":"test/gpt-test","messages":[${JSON.stringify('word '.repeat(20_000))}, oh]}`
const ask = (headers: Record<string, string> = {}, signal?: AbortSignal) =>
  t.post('/v1/chat/completions', broken, headers, signal)

test('a provider that takes a large body that is no JSON, and reports no usage, is estimated by its text', async () => {
  const json = JSON.stringify({
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: '42' }, finish_reason: 'stop' }],
  })
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${String(json.length)}\r\nconnection: close\r\n\r\n`
  provider.answer = { chunks: [Buffer.from(head + json)], ending: 'end' }
  const response = await ask()
  expect(response.status).toBe(200)
  expect(await response.text()).toBe(json)
  const span = await t.spanOf(response)
  expect(span).toMatchObject({ status: 'ok', usageEstimated: true })
  expect(span.usage.inputTokens).toBeGreaterThan(15_000)
})

test('a client that leaves after such a body leaves a span, and no call that never ends', async () => {
  let isAsked = false
  provider.answer = {
    get chunks() {
      isAsked = true
      return []
    },
    ending: 'stay',
  }
  const traceId = 'd'.repeat(32)
  const leave = new AbortController()
  const asked = ask({ traceparent: `00-${traceId}-${'e'.repeat(16)}-01` }, leave.signal).catch(
    () => undefined,
  )
  await until(() => Promise.resolve(isAsked || undefined))
  leave.abort()
  await asked
  expect(await t.spanOf(traceId)).toMatchObject({ status: 'cancelled', usageEstimated: true })
})
