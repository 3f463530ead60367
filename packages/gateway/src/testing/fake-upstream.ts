import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'

/** How the provider behaves; the model name `mode:<name>` or the default chooses. */
export type UpstreamMode =
  | 'normal'
  | 'hang'
  | 'hang-after-head'
  | 'cut-mid-stream'
  | 'cut-before-content'
  | 'end-without-done'
  | 'silent-end'
  | 'error-event-first'
  | 'error-event-late'
  | 'malformed-event'
  | 'malformed-json'
  | 'html'
  | 'html-error'
  | 'slow'
  | 'rate-limited'
  | 'server-error'
  | 'unavailable'
  | 'refuse-credential'
  | 'unknown-model'
  | 'gzip'
  | 'json-for-stream'
  | 'no-usage'
  | 'tool-calls'
  | 'crlf'
  | 'redirect'

export type SeenRequest = {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly text: string
  readonly json: { readonly [name: string]: unknown }
  readonly startedMs: number
  /** Set when the gateway closed the connection before the answer ended. */
  closedMs?: number
}

export type FakeUpstream = {
  readonly url: string
  readonly seen: SeenRequest[]
  /** Pieces of the streamed answer. */
  pieces: readonly string[]
  /** Pause between pieces. */
  pauseMs: number
  /** Waited for after each piece, for a client that says what it has got. */
  afterPiece: (index: number) => Promise<void>
  readonly stop: () => Promise<void>
}

/** A local provider that speaks OpenAI's wire format, well or badly. */
export async function startFakeUpstream(): Promise<FakeUpstream> {
  const seen: SeenRequest[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const text = Buffer.concat(parts).toString()
      const entry: SeenRequest = {
        path: request.url ?? '',
        headers: request.headers,
        text,
        json: JSON.parse(text === '' ? '{}' : text) as SeenRequest['json'],
        startedMs: performance.now(),
      }
      seen.push(entry)
      response.on('close', () => {
        if (!response.writableFinished) entry.closedMs = performance.now()
      })
      void answer(upstream, entry, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const upstream: FakeUpstream = {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/v1`,
    seen,
    pieces: ['Hel', 'lo, ', 'wörld ', '🌍!'],
    pauseMs: 0,
    afterPiece: () => Promise.resolve(),
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return upstream
}

export const upstreamUsage = {
  prompt_tokens: 20,
  completion_tokens: 7,
  total_tokens: 27,
  prompt_tokens_details: { cached_tokens: 12 },
  completion_tokens_details: { reasoning_tokens: 3 },
}

function modeOf(model: unknown): UpstreamMode {
  const name = typeof model === 'string' && model.startsWith('mode:') ? model.slice(5) : 'normal'
  return name as UpstreamMode
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function answer(
  upstream: FakeUpstream,
  { json, path }: SeenRequest,
  response: ServerResponse,
): Promise<void> {
  const mode = modeOf(json['model'])
  const sendJson = (status: number, body: object, headers: Record<string, string> = {}) =>
    response
      .writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'up-1', ...headers })
      .end(JSON.stringify(body))
  switch (mode) {
    case 'hang':
      return
    case 'hang-after-head':
      response
        .writeHead(200, {
          'content-type': json['stream'] === true ? 'text/event-stream' : 'application/json',
        })
        .flushHeaders()
      return
    case 'rate-limited':
      sendJson(
        429,
        { error: { message: 'Slow down.', type: 'rate_limit', code: 'rate_limit_exceeded' } },
        { 'retry-after': '7', 'x-ratelimit-remaining-requests': '0', 'set-cookie': 'a=b' },
      )
      return
    case 'unavailable':
      sendJson(503, { error: { message: 'Back in a moment.' } }, { 'retry-after': '3' })
      return
    case 'server-error':
      sendJson(500, { error: { message: 'The server had an error.' } })
      return
    case 'refuse-credential':
      sendJson(401, { error: { message: 'Incorrect API key provided.', code: 'invalid_api_key' } })
      return
    case 'unknown-model':
      sendJson(404, {
        error: { message: `The model ${String(json['model'])} does not exist`, code: 'model_not_found' },
      })
      return
    case 'redirect':
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
      return
    case 'html':
    case 'html-error':
      response
        .writeHead(mode === 'html' ? 200 : 502, { 'content-type': 'text/html' })
        .end('<html><style>b{}</style><h1>502 Bad Gateway</h1>nginx</html>')
      return
    case 'malformed-json':
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id": "x", "choices": [')
      return
    case 'slow':
      await pause(300)
  }
  if (path.endsWith('/embeddings')) {
    sendJson(200, {
      object: 'list',
      model: json['model'],
      data: [{ object: 'embedding', index: 0, embedding: [0.5, -0.5] }],
      usage: { prompt_tokens: 5, total_tokens: 5 },
    })
    return
  }
  if (json['stream'] === true && mode !== 'json-for-stream') return stream(upstream, json, mode, response)
  const body = completion(upstream, json, mode)
  if (mode === 'gzip') {
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      .end(gzipSync(JSON.stringify(body)))
  } else if (mode === 'cut-mid-stream') {
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' })
      .write(JSON.stringify(body))
    setTimeout(() => response.destroy(), 20)
  } else sendJson(200, body)
}

const toolCalls = [
  { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bern"}' } },
  { id: 'call_2', type: 'function', function: { name: 'time', arguments: '{}' } },
]

function completion(upstream: FakeUpstream, json: SeenRequest['json'], mode: UpstreamMode): object {
  const isTools = mode === 'tool-calls'
  const message = isTools
    ? { role: 'assistant', content: null, tool_calls: toolCalls }
    : { role: 'assistant', content: upstream.pieces.join('') }
  return {
    id: 'chatcmpl-fake',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: json['model'],
    choices: [{ index: 0, message, finish_reason: isTools ? 'tool_calls' : 'stop' }],
    ...(mode === 'no-usage' ? {} : { usage: upstreamUsage }),
    system_fingerprint: 'fp_unknown_field',
  }
}

async function stream(
  upstream: FakeUpstream,
  json: SeenRequest['json'],
  mode: UpstreamMode,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'up-1' })
  const newline = mode === 'crlf' ? '\r\n' : '\n'
  const sendText = (text: string) => response.write(`data: ${text}${newline}${newline}`)
  const base = {
    id: 'chatcmpl-fake',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: json['model'],
  }
  const send = (delta: object, finish_reason: string | null = null) =>
    sendText(JSON.stringify({ ...base, choices: [{ index: 0, delta, finish_reason }] }))
  if (mode === 'cut-before-content') {
    response.flushHeaders()
    return void setTimeout(() => response.destroy(), 20)
  }
  if (mode === 'error-event-first') {
    sendText(JSON.stringify({ error: { message: 'Overloaded before content.', code: 503 } }))
    return void response.end()
  }
  send({ role: 'assistant', content: '' })
  if (mode === 'tool-calls') {
    for (const [index, call] of toolCalls.entries()) {
      send({ tool_calls: [{ index, ...call, function: { name: call.function.name, arguments: '' } }] })
      for (const piece of call.function.arguments.match(/.{1,4}/g) ?? [])
        send({ tool_calls: [{ index, function: { arguments: piece } }] })
    }
  }
  for (const [index, piece] of (mode === 'tool-calls' ? [] : upstream.pieces).entries()) {
    if (response.destroyed) return
    send({ content: piece })
    if (upstream.pauseMs > 0) await pause(upstream.pauseMs)
    await upstream.afterPiece(index)
    if (index === 1 && mode === 'cut-mid-stream') return void setTimeout(() => response.destroy(), 20)
    if (index === 1 && mode === 'silent-end') return void response.end()
    if (index === 1 && mode === 'malformed-event') sendText('{"broken":')
    if (index === 1 && mode === 'error-event-late') {
      sendText(JSON.stringify({ error: { message: 'Overloaded in the middle.', type: 'overloaded_error' } }))
      return void response.end()
    }
  }
  send({}, mode === 'tool-calls' ? 'tool_calls' : 'stop')
  const options = json['stream_options'] as { include_usage?: boolean } | undefined
  if (options?.include_usage === true && mode !== 'no-usage')
    sendText(JSON.stringify({ ...base, choices: [], usage: upstreamUsage }))
  if (mode !== 'end-without-done') sendText('[DONE]')
  response.end()
}
