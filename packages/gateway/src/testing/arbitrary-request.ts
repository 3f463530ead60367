import fc from 'fast-check'
import { cutUp, oddJson, rarely } from './arbitrary-bytes.ts'
import { digest, keys } from './example-snapshot.ts'
import type { RawCall } from './raw-call.ts'

/** A call, and whether it is a whole request that must be answered. */
export type ArbitraryCall = RawCall & { readonly isWhole: boolean }

const path = fc.oneof(
  { weight: 8, arbitrary: fc.constant('/v1/chat/completions') },
  { weight: 3, arbitrary: fc.constant('/v1/embeddings') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '/v1/models',
      '/v1/models/%',
      '/v1/models/any%2Fx',
      '/v1/chat/completions/',
      '/v1/chat/completions?x=%00',
      'http://elsewhere/v1/chat/completions',
      '*',
      '/../v1/models',
      '/health/ready',
      '/metrics',
    ),
  },
)

const model = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('"any/x"', '"any/x"', '"any/gpt-\\ud800"', '"test/gpt-test"') },
  { weight: 2, arbitrary: fc.constantFrom('"app/docs-assistant"', `"app/docs-assistant@${digest}"`) },
  { weight: 2, arbitrary: fc.constantFrom('"offline/extractive"', '"offline/embedding"') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('"broken/x"', '"refused/x"', '"private/x"', '"gpt-test"', '"app/"'),
  },
  { weight: 1, arbitrary: fc.constantFrom('"any/"', '"/"', '"constructor/x"', `"any/${'x'.repeat(9_000)}"`) },
  { weight: 1, arbitrary: oddJson },
)

const messages = fc.oneof(
  { weight: 8, arbitrary: fc.constant('[{"role":"user","content":"Hello there. It is 5."}]') },
  {
    weight: 2,
    arbitrary: oddJson.map(
      (content) => `[{"role":"user","content":${content}},{"role":"user","content":"x"}]`,
    ),
  },
  { weight: 1, arbitrary: oddJson.map((message) => `[${message}]`) },
  { weight: 1, arbitrary: oddJson },
)

const extra = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      'stream_options',
      'metadata',
      'user',
      'temperature',
      'max_tokens',
      'ratchet',
      'tools',
      'tool_choice',
      'response_format',
      'dimensions',
      'encoding_format',
      '__proto__',
      'model',
      'messages',
    ),
    oddJson,
  ),
  fc.constantFrom<[string, string]>(
    ['stream_options', '{"include_usage":true}'],
    ['ratchet', '{"inputs":{"question":"\\u0000"},"entry":"x"}'],
    ['response_format', '{"type":"json_object"}'],
    ['metadata', '{"session_id":"\\udc00","user_id":1}'],
  ),
)

const json = fc
  .record({
    model,
    messages: fc.option(messages, { nil: undefined, freq: 20 }),
    input: rarely(3, fc.oneof(oddJson, fc.constant('["a","b"]'))),
    stream: fc.option(
      fc.oneof({ weight: 12, arbitrary: fc.constant('true') }, { weight: 1, arbitrary: oddJson }),
      {
        nil: undefined,
      },
    ),
    extras: fc.array(extra, { maxLength: 2 }),
  })
  .map(({ extras, ...fields }) => {
    const members = Object.entries(fields).flatMap(([name, value]) =>
      value === undefined ? [] : [`"${name}":${value}`],
    )
    return `{${[...members, ...extras.map(([name, value]) => `"${name}":${value}`)].join(',')}}`
  })

const body = fc.oneof(
  { weight: 24, arbitrary: json.map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.tuple(json, fc.nat(300)).map(([text, at]) => Buffer.from(text.slice(0, at))) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)) },
)

const header = fc.constantFrom(
  'x-ratchet-session: plain',
  'x-ratchet-session: %ed%a0%80',
  'x-ratchet-session: %00%0d%0aset-cookie:x',
  'x-ratchet-user: \u00e9\u00ff',
  'x-ratchet-user: %',
  'x-ratchet-timeout-ms: 40',
  'x-ratchet-timeout-ms: 1e9',
  'x-ratchet-timeout-ms: -1',
  'x-ratchet-timeout-ms: NaN',
  'x-ratchet-environment: production',
  'x-ratchet-environment: \u00e9',
  'x-ratchet-format: events',
  'x-ratchet-format: events',
  'x-request-id: \u00e9',
  'x-request-id: mine-1',
  `traceparent: 00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  'traceparent: 00-x',
  'content-encoding: gzip',
  'content-encoding: identity',
  'content-type: text/plain',
  'expect: 100-continue',
  'connection: close, upgrade\r\nupgrade: websocket',
  'constructor: x',
  '__proto__: x',
  'x-long: ' + 'x'.repeat(20_000),
  'te: trailers',
)

const headers = fc.oneof(
  { weight: 1, arbitrary: fc.constant<string[]>([]) },
  { weight: 2, arbitrary: fc.uniqueArray(header, { maxLength: 2, selector: (line) => line.split(':')[0] }) },
)

const method = fc.oneof(
  { weight: 40, arbitrary: fc.constant('POST') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'PUT', 'CONNECT', 'TRACE', 'PROPFIND'),
  },
)

const authorization = fc.oneof(
  { weight: 12, arbitrary: fc.constant(`authorization: Bearer ${keys.admin}`) },
  { weight: 6, arbitrary: fc.constant(`authorization: Bearer ${keys.invoke}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'authorization: Bearer rt_\u00e9.x',
      'authorization: ',
      'x-api-key: x',
      'a: b',
    ),
  },
)

/** What a client might send: mostly a call that reaches a provider, sometimes half of one, sometimes none at all. */
export const arbitraryCall: fc.Arbitrary<ArbitraryCall> = fc
  .record({
    method,
    path,
    authorization,
    headers,
    body,
    framing: fc.oneof(
      { weight: 14, arbitrary: fc.constantFrom('length', 'chunked') },
      { weight: 1, arbitrary: fc.constantFrom('bad-chunk', 'twice') },
    ),
    version: fc.constantFrom('1.1', '1.1', '1.1', '1.0'),
    cut: rarely(12, fc.nat(600)),
    cuts: cutUp,
    ending: fc.constantFrom('wait', 'wait', 'wait', 'wait', 'half-close', 'leave'),
  })
  .map(({ cut, cuts, ending, ...parts }) => {
    const whole = assemble(parts)
    const isCut = cut !== undefined && cut < whole.length
    const chunks = cuts(isCut ? whole.subarray(0, cut) : whole)
    // Whoever sends half a request and waits gets the time that HTTP servers allow, which is minutes.
    if (isCut && ending === 'wait') return { chunks, ending: 'half-close', isWhole: false }
    const isWhole = !isCut && ending === 'wait' && isReadToItsEnd(parts)
    return { chunks, ending, isWhole }
  })

/** Who sends a body to a place that takes none, or what Node itself refuses, may miss the answer. */
function isReadToItsEnd({ framing, method, path }: Parts): boolean {
  if (framing === 'bad-chunk' || framing === 'twice' || method === 'CONNECT') return false
  return !/^\/(?:v1\/models|health|metrics)/.test(path)
}

type Parts = {
  readonly method: string
  readonly path: string
  readonly authorization: string
  readonly headers: readonly string[]
  readonly body: Buffer
  readonly framing: string
  readonly version: string
}

function assemble({ method, path, authorization, headers, body, framing, version }: Parts): Buffer {
  const isChunked = framing !== 'length'
  const lines = [
    `${method} ${path} HTTP/${version}`,
    'host: gateway',
    authorization,
    ...(headers.some((line) => line.startsWith('connection')) ? [] : ['connection: close']),
    ...headers,
    ...(framing === 'twice' ? [`content-length: ${body.length}`] : []),
    isChunked ? 'transfer-encoding: chunked' : `content-length: ${body.length}`,
  ]
  // Node does not notice it beside an upgrade, and lets such a client wait for its own request timeout.
  const isBroken = framing === 'bad-chunk' && !headers.some((line) => line.includes('upgrade'))
  const size = isBroken ? 'zz' : body.length.toString(16)
  const bytes = isChunked
    ? Buffer.concat([
        Buffer.from(`${size}\r\n`),
        body,
        Buffer.from(body.length === 0 ? '\r\n' : '\r\n0\r\n\r\n'),
      ])
    : body
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes])
}
