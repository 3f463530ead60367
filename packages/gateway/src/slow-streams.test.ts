import { gatewayConfig } from '@ratchet/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exampleSnapshot, project } from './testing/example-snapshot.ts'
import { startRawUpstream, type RawAnswer, type RawUpstream } from './testing/raw-upstream.ts'
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts'

// Long enough for a machine that stands still for a moment.
const firstTokenTimeoutMs = 4_000
const idleTimeoutMs = 1_500

let provider: RawUpstream
let t: TestGateway
beforeAll(async () => {
  provider = await startRawUpstream()
  t = await startTestGateway({ firstTokenTimeoutMs, idleTimeoutMs })
  const routes = [
    { name: 'hasty', targets: [{ model: 'test/gpt-test' }], timeouts: { betweenTokensMs: 150 } },
  ]
  await t.publish({
    connections: exampleSnapshot(provider.url).connections,
    gateway: [{ project, config: gatewayConfig.parse({ routes }) }],
  })
})
afterAll(async () => {
  await t.stop()
  await provider.stop()
})

const head = (contentType: string): Buffer =>
  Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: ${contentType}\r\nconnection: close\r\n\r\n`)
const stream = head('text/event-stream')
const event = (content: string): Buffer =>
  Buffer.from(
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`,
  )
const done = Buffer.from('data: [DONE]\n\n')
const bytesOf = (text: Buffer): Buffer[] => Array.from(text, (byte) => Buffer.from([byte]))

async function ask(answer: RawAnswer, { model = 'test/gpt-test', stream = true } = {}) {
  provider.answer = answer
  const started = performance.now()
  const response = await t.post('/v1/chat/completions', {
    model,
    stream,
    messages: [{ role: 'user', content: 'Think it over.' }],
  })
  const text = await response.text()
  return { response, text, tookMs: performance.now() - started }
}

test('a stream that goes on byte by byte fails like one that is silent', async () => {
  const drip = bytesOf(event('never whole'.repeat(20)))
  const asked = await ask({ chunks: [stream, event('Well, '), ...drip], ending: 'stay', pauseMs: 40 })
  expect(asked.text).toContain('Well, ')
  expect(asked.text).toContain('sent no whole event for')
  expect(asked.text).not.toContain('[DONE]')
  expect(asked.tookMs).toBeLessThan(8_000)
  expect(await t.spanOf(asked.response)).toMatchObject({
    status: 'error',
    errorCode: 'timeout',
    output: 'Well, ',
  })
})

test('a stream that drips from its first byte on is a 504 when the time for the first token is over', async () => {
  const asked = await ask({
    chunks: [stream, ...bytesOf(event('x'.repeat(300)))],
    ending: 'stay',
    pauseMs: 40,
  })
  expect(asked.response.status).toBe(504)
  expect(asked.tookMs).toBeGreaterThanOrEqual(firstTokenTimeoutMs)
})

test.each([
  ['a comment', ': ping\n\n'],
  ['a ping', 'event: ping\ndata: {"type": "ping"}\n\n'],
  ['an empty line', '\n'],
])('a model that thinks for long is waited for as long as its provider sends %s', async (_, sign) => {
  const signs = Array.from({ length: 8 }, () => Buffer.from(sign))
  const asked = await ask({ chunks: [stream, ...signs, event('42'), done], ending: 'end', pauseMs: 250 })
  expect(asked.tookMs).toBeGreaterThan(idleTimeoutMs)
  expect(asked.response.status).toBe(200)
  expect(asked.text).toContain('"42"')
  expect(asked.text).toContain('[DONE]')
})

test('before its first token a stream may be silent for longer than between tokens', async () => {
  const asked = await ask({ chunks: [stream, event('42'), done], ending: 'end', pauseMs: 2_000 })
  expect(asked.text).toContain('"42"')
})

test('a plain answer has no lines: every byte of it counts', async () => {
  const answer = JSON.stringify({
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: '42' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  })
  const drip = bytesOf(Buffer.from(answer))
  const asked = await ask(
    { chunks: [head('application/json'), ...drip], ending: 'end', pauseMs: 12 },
    { stream: false },
  )
  expect(asked.tookMs).toBeGreaterThan(idleTimeoutMs)
  expect(asked.response.status).toBe(200)
  expect(asked.text).toBe(answer)
})

test('a route with a time between tokens goes by that', async () => {
  const asked = await ask(
    { chunks: [stream, event('Well, '), event('42'), done], ending: 'end', pauseMs: 1_500 },
    { model: 'hasty' },
  )
  expect(asked.text).toContain('went silent for')
  expect(asked.text).not.toContain('"42"')
})
