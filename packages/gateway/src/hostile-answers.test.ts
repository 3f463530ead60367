import { afterAll, beforeAll, expect, test } from 'vitest'
import { exampleSnapshot, keys } from './testing/example-snapshot.ts'
import { sendRaw } from './testing/raw-call.ts'
import { startRawUpstream, type RawUpstream } from './testing/raw-upstream.ts'
import { startGatewayProcess, type GatewayProcess } from './testing/start-gateway-process.ts'

let gateway: GatewayProcess
let upstream: RawUpstream

beforeAll(async () => {
  upstream = await startRawUpstream()
  gateway = await startGatewayProcess(exampleSnapshot(upstream.url))
})
afterAll(async () => {
  await gateway.stop()
  await upstream.stop()
})

const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`

function answerWith(contentType: string, body: string, status = 200): void {
  const head = `HTTP/1.1 ${status} Words\r\ncontent-type: ${contentType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
  upstream.answer = { chunks: [Buffer.from(head + body)], ending: 'end' }
}

async function ask(more: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.invoke}` },
    body: `{"model":"any/x","messages":[{"role":"user","content":"Hello."}]${more}}`,
    signal: AbortSignal.timeout(20_000),
  })
  return { status: response.status, text: await response.text() }
}

test('a request nested beyond any stack is refused with its place', async () => {
  answerWith('application/json', '{"choices":[{"message":{"content":"x"},"finish_reason":"stop"}]}')
  const { status, text } = await ask(`,"metadata":${deep}`)
  expect(status).toBe(400)
  expect(text).toContain('more than 500 levels')
})

test('a model name beyond any name is refused in short', async () => {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.invoke}` },
    body: JSON.stringify({ model: `any/${'x'.repeat(500_000)}`, messages: [{ role: 'user', content: 'x' }] }),
  })
  const text = await response.text()
  expect(response.status).toBe(400)
  expect(text).toContain('500004 characters')
  expect(text.length).toBeLessThan(1_000)
})

const oddErrors = ['{"message":"no","status":{"toString":1,"valueOf":1}}', `{"message":"no","more":${deep}}`]

test.each(oddErrors)('an error event whose members are no words still ends the stream: %#', async (error) => {
  answerWith(
    'text/event-stream',
    `data: {"choices":[{"delta":{"content":"a"}}]}\n\ndata: {"error":${error}}\n\n`,
  )
  const { status, text } = await ask(',"stream":true')
  expect(status).toBe(200)
  expect(text).toMatch(/data: \{"error":.*\}\n\n$/s)
})

test('an answer nested beyond any stack passes, and so does such an error', async () => {
  const calls = `{"choices":[{"message":{"content":"x","tool_calls":${deep}},"finish_reason":"stop"}]}`
  answerWith('application/json', calls)
  expect(await ask('')).toEqual({ status: 200, text: calls })
  answerWith('application/json', `{"error":{"message":"no","more":${deep}}}`, 429)
  expect((await ask('')).status).toBe(429)
})

test('absurd token counts are not counted, and their span is kept', async () => {
  const usage =
    '{"prompt_tokens":9e15,"completion_tokens":1e400,"prompt_tokens_details":{"cached_tokens":"12"}}'
  answerWith(
    'application/json',
    `{"choices":[{"message":{"content":"x"},"finish_reason":"stop"}],"usage":${usage}}`,
  )
  expect((await ask('')).status).toBe(200)
  await expect.poll(() => gateway.control.spans.at(-1)?.usage.inputTokens).toBe(0)
})

test('whoever is refused while still sending is told why, not cut off', async () => {
  const body = Buffer.alloc(800_000, 'x')
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: g\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n`
  const pieces = Array.from({ length: 80 }, (_, index) => body.subarray(index * 10_000, (index + 1) * 10_000))
  const call = { chunks: [Buffer.from(head), ...pieces], ending: 'wait' } as const
  const results = await Promise.all(Array.from({ length: 20 }, () => sendRaw(gateway.port, call, 20_000)))
  for (const { text } of results) expect(text).toMatch(/^HTTP\/1\.1 401 /)
})
