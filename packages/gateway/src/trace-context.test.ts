import { afterEach, expect, test } from 'vitest'
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts'

let t: TestGateway
afterEach(() => t.stop())

const traceId = '1'.repeat(32)
const ask = () =>
  t.post(
    '/v1/chat/completions',
    { model: 'test/gpt-test', messages: [{ role: 'user', content: 'Hi.' }] },
    { traceparent: `00-${traceId}-${'2'.repeat(16)}-01`, tracestate: 'vendor=1' },
  )

test('a provider hears nothing of the caller’s trace unless that is wanted', async () => {
  t = await startTestGateway()
  await ask()
  expect(t.upstream.seen[0]?.headers).not.toHaveProperty('traceparent')
  expect(t.upstream.seen[0]?.headers).not.toHaveProperty('tracestate')
})

test('with it the provider’s span belongs under ours, in the caller’s trace', async () => {
  t = await startTestGateway({ sendTraceContext: true })
  const span = await t.spanOf(await ask())
  expect(span).toMatchObject({ traceId, parentSpanId: '2'.repeat(16) })
  expect(t.upstream.seen[0]?.headers).toMatchObject({
    traceparent: `00-${traceId}-${span.spanId}-01`,
    tracestate: 'vendor=1',
  })
})
