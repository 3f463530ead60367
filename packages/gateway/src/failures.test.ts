import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { keys } from './testing/example-snapshot.ts'
import { startTestGateway, until, type TestGateway } from './testing/start-test-gateway.ts'
import { watchStalls } from './testing/watch-stalls.ts'

let t: TestGateway
beforeAll(async () => {
  t = await startTestGateway({ firstTokenTimeoutMs: 4_000, idleTimeoutMs: 4_000 })
})
afterAll(() => t.stop())
beforeEach(() => {
  t.upstream.pauseMs = 0
})

const messages = [{ role: 'user', content: 'Tell me a story.' }]
const chat = (mode: string, more: object = {}, headers: Record<string, string> = {}, signal?: AbortSignal) =>
  t.post(
    '/v1/chat/completions',
    { model: mode.includes('/') ? mode : `any/mode:${mode}`, messages, ...more },
    headers,
    signal,
  )

type ErrorAnswer = { error: { message: string; type: string; code: string; param: string | null } }
async function errorOf(response: Response): Promise<ErrorAnswer['error']> {
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/)
  return ((await response.json()) as ErrorAnswer).error
}

test('a provider that refuses the connection is a 502 that names the connection', async () => {
  const response = await chat('refused/anything')
  expect(response.status).toBe(502)
  const error = await errorOf(response)
  expect(error).toMatchObject({ code: 'provider_unreachable', type: 'server_error' })
  expect(error.message).toContain('ratchet connections test refused')
  expect(await t.spanOf(response)).toMatchObject({
    status: 'error',
    errorCode: 'provider_unreachable',
    costNano: 0,
  })
})

test.each(['hang', 'hang-after-head'])(
  'a provider that does not answer (%s) is a 504 at the deadline the client set',
  async (mode) => {
    const stalls = watchStalls()
    const started = performance.now()
    const response = await chat(mode, {}, { 'x-ratchet-timeout-ms': '150' })
    expect(performance.now() - started).toBeLessThan(800 + stalls.stoodMs())
    expect(response.status).toBe(504)
    expect((await errorOf(response)).message).toContain('150 ms')
    await until(() => Promise.resolve(t.upstream.seen.at(-1)?.closedMs))
  },
)

test('a stream that never begins is a 504 as well, with the status of an error', async () => {
  const response = await chat('hang-after-head', { stream: true }, { 'x-ratchet-timeout-ms': '150' })
  expect(response.status).toBe(504)
  expect((await errorOf(response)).code).toBe('timeout')
})

test('a stream that goes silent after its head fails after the time for its first token', async () => {
  const response = await chat('hang-after-head', { stream: true })
  expect(response.status).toBe(504)
  expect((await errorOf(response)).message).toContain('went silent')
})

test.each(['cut-mid-stream', 'silent-end'])(
  'a stream that breaks off (%s) ends with an error event and without [DONE]',
  async (mode) => {
    const response = await chat(mode, { stream: true })
    expect(response.status).toBe(200)
    const text = await response.text()
    expect(text).toContain('Hel')
    expect(text).not.toContain('[DONE]')
    const last = text.trimEnd().split('\n\n').at(-1) ?? ''
    expect(JSON.parse(last.slice(6))).toMatchObject({
      error: { code: 'provider_stream_cut', type: 'server_error' },
    })
    const span = await t.spanOf(response)
    expect(span).toMatchObject({
      status: 'error',
      errorCode: 'provider_stream_cut',
      output: 'Hello, ',
      usageEstimated: true,
    })
    expect(span.usage.outputTokens).toBeGreaterThan(0)
  },
)

test('the OpenAI SDK raises the error of a stream that was cut', async () => {
  const stream = await t.client().chat.completions.create({
    model: 'any/mode:cut-mid-stream',
    messages: [{ role: 'user', content: 'x' }],
    stream: true,
  })
  await expect(async () => {
    for await (const chunk of stream) void chunk
  }).rejects.toThrow('broke off')
})

test('a stream cut before its first event is an ordinary error response', async () => {
  const response = await chat('cut-before-content', { stream: true })
  expect(response.status).toBe(502)
  expect((await errorOf(response)).code).toBe('provider_stream_cut')
})

test('a plain answer that is cut is an error, not half a document', async () => {
  const response = await chat('cut-mid-stream')
  expect(response.status).toBe(502)
  expect((await errorOf(response)).message).toContain('broke off')
})

test('an error event before any content becomes an error response with its status', async () => {
  const response = await chat('error-event-first', { stream: true })
  expect(response.status).toBe(503)
  expect((await errorOf(response)).message).toBe('Overloaded before content.')
})

test('an error event in the middle is passed on and ends the stream without [DONE]', async () => {
  const text = await (await chat('error-event-late', { stream: true })).text()
  expect(text).toContain('Overloaded in the middle.')
  expect(text).not.toContain('[DONE]')
})

test('a broken event in a stream does not end it', async () => {
  const response = await chat('malformed-event', { stream: true })
  expect(await response.text()).toContain('[DONE]')
  expect(JSON.parse((await t.spanOf(response)).attributes)).toMatchObject({ malformed_events: 1 })
})

test('rate limits pass through with Retry-After and limits, without cookies', async () => {
  for (const stream of [false, true]) {
    const response = await chat('rate-limited', { stream })
    expect(response.status).toBe(429)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'retry-after': '7',
      'x-ratelimit-remaining-requests': '0',
      'x-ratchet-provider-request-id': 'up-1',
    })
    expect(response.headers.get('set-cookie')).toBeNull()
    expect(await errorOf(response)).toMatchObject({ message: 'Slow down.', code: 'rate_limit_exceeded' })
    expect(await t.spanOf(response)).toMatchObject({ status: 'error', usage: { inputTokens: 0 } })
  }
})

test.each([
  ['server-error', 500, 'The server had an error.'],
  ['refuse-credential', 401, 'refused the credential of connection "any"'],
  ['html-error', 502, 'answered 502 with text/html: 502 Bad Gateway nginx'],
  ['html', 502, 'answered with text/html where JSON was due'],
  ['malformed-json', 502, 'text that is not JSON'],
  ['redirect', 502, 'answered 302'],
])('a provider that answers badly (%s) gives %i in our words', async (mode, status, words) => {
  const response = await chat(mode)
  expect(response.status).toBe(status)
  expect((await errorOf(response)).message).toContain(words)
})

test('HTML in place of a stream is an error response too', async () => {
  const response = await chat('html', { stream: true })
  expect(response.status).toBe(502)
  expect((await errorOf(response)).message).toContain('text/html where an event stream was due')
})

test('a model the provider does not know comes back with the provider’s words and the nearest names', async () => {
  const response = await chat('test/mode:unknown-model')
  expect(response.status).toBe(404)
  expect((await errorOf(response)).message).toMatch(/does not exist.*No model/)
})

test('a client that leaves closes the call to the provider within 100 ms and leaves a partial span', async () => {
  t.upstream.pauseMs = 400
  const leaving = new AbortController()
  const traceId = 'c'.repeat(32)
  const response = await chat(
    'normal',
    { stream: true },
    { traceparent: `00-${traceId}-${'d'.repeat(16)}-01` },
    leaving.signal,
  )
  const reader = response.body?.getReader()
  while (!new TextDecoder().decode((await reader?.read())?.value).includes('Hel')) continue
  const stalls = watchStalls()
  const left = performance.now()
  leaving.abort()
  const closedMs = await until(() => Promise.resolve(t.upstream.seen.at(-1)?.closedMs))
  expect(closedMs - left).toBeLessThan(100 + stalls.stoodMs())
  const span = await t.spanOf(traceId)
  expect(span).toMatchObject({
    status: 'cancelled',
    errorCode: 'client_closed',
    output: 'Hel',
    usageEstimated: true,
  })
  expect(span.usage.inputTokens).toBeGreaterThan(0)
})

test('a client that leaves a plain call closes it as well', async () => {
  const leaving = new AbortController()
  const answer = chat('hang', {}, {}, leaving.signal).catch(() => undefined)
  const before = t.upstream.seen.length
  await until(() =>
    Promise.resolve(
      t.upstream.seen.length > before || t.upstream.seen.at(-1)?.json['model'] === 'mode:hang' || undefined,
    ),
  )
  const stalls = watchStalls()
  const left = performance.now()
  leaving.abort()
  await answer
  const closedMs = await until(() => Promise.resolve(t.upstream.seen.at(-1)?.closedMs))
  expect(closedMs - left).toBeLessThan(100 + stalls.stoodMs())
})

test('a private address is refused unless the connection allows it', async () => {
  const response = await chat('private/gpt-test')
  expect(response.status).toBe(403)
  expect(await errorOf(response)).toMatchObject({ code: 'address_forbidden', type: 'permission_error' })
})

test.each([
  ['{"model":"offline/extractive","messages":[{]}', 'position 43'],
  ['', 'empty'],
  ['[1]', 'it is an array'],
  ['{"messages":[]}', 'no "model"'],
  ['{"model":"","messages":[]}', 'no "model"'],
  ['{"model":7,"messages":[]}', '"model" is 7; give a text'],
  ['{"model":["test/gpt-test"],"messages":[]}', '"model" is ["test/gpt-test"]; give a text'],
  ['{"model":"test/gpt-test"}', 'no "messages"'],
  ['{"model":"test/gpt-test","messages":[],"stream":"yes"}', 'give true or false'],
  ['{"model":"test/gpt-test","model":"x","messages":[]}', '"model" twice'],
])('the body %s is refused with what is wrong', async (body, words) => {
  const response = await t.post('/v1/chat/completions', body)
  expect(response.status).toBe(400)
  expect((await errorOf(response)).message).toContain(words)
})

test('an unknown model is a 404 with the nearest names, and leaves a span', async () => {
  const response = await chat('offline/extractiv')
  expect(response.status).toBe(404)
  expect(await errorOf(response)).toMatchObject({
    code: 'model_not_found',
    param: 'model',
    message: expect.stringContaining('Did you mean "offline/extractive"') as string,
  })
  expect(await t.spanOf(response)).toMatchObject({ status: 'error', errorCode: 'model_not_found' })
})

test('a body above the limit is a 413, told by its length or counted as it comes', async () => {
  const big = JSON.stringify({
    model: 'test/gpt-test',
    messages: [{ role: 'user', content: 'x'.repeat(1_100_000) }],
  })
  const told = await t.post('/v1/chat/completions', big)
  expect(told.status).toBe(413)
  expect((await errorOf(told)).message).toContain('1000000 bytes')
  const counted = await fetch(`${t.gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.invoke}` },
    body: new ReadableStream({
      start(controller) {
        for (let at = 0; at < 11; at++) controller.enqueue(new TextEncoder().encode('x'.repeat(100_000)))
        controller.close()
      },
    }),
    duplex: 'half',
  } as RequestInit)
  expect(counted.status).toBe(413)
})

test('other paths and methods are told what there is', async () => {
  const missing = await t.post('/v1/chat/completion', {})
  expect(missing.status).toBe(404)
  expect((await errorOf(missing)).message).toContain('/v1/chat/completions')
  const wrong = await fetch(`${t.gateway.url}/v1/chat/completions`)
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST'])
})

test('A4.8 a slow reader pauses the provider instead of filling memory', async () => {
  t.upstream.pieces = Array.from({ length: 600 }, () => 'x'.repeat(64 * 1024))
  try {
    const leaving = new AbortController()
    const response = await chat('normal', { stream: true }, {}, leaving.signal)
    expect(response.status).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 400))
    // 39 MB are waiting at the provider; what the gateway took in meanwhile shows in its memory.
    const waiting = process.memoryUsage().arrayBuffers
    expect(waiting).toBeLessThan(250 * 1024 * 1024)
    leaving.abort()
  } finally {
    t.upstream.pieces = ['Hel', 'lo, ', 'wörld ', '🌍!']
  }
})

test('metrics count what happened', async () => {
  const text = await until(async () => {
    const shown = await (await fetch(`${t.gateway.url}/metrics`)).text()
    return shown.includes('ratchet_gateway_active_streams 0\n') ? shown : undefined
  })
  expect(text).toMatch(
    /ratchet_gateway_requests_total\{route="\/v1\/chat\/completions",status="429",connection="any"\} \d/,
  )
  expect(text).toMatch(/ratchet_gateway_requests_total\{.*status="499".*\} \d/)
  expect(text).toContain('ratchet_gateway_overhead_seconds_bucket{le="0.001"}')
  expect(text).toMatch(/ratchet_gateway_active_requests 0\n/)
  expect(text).toMatch(/ratchet_spool_dropped_records_total 0\n/)
  expect(text).toMatch(/ratchet_gateway_snapshot_version 1\n/)
  expect(t.control.problems).toEqual([])
})
