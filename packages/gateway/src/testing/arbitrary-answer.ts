import { deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { arbitraryBody, arbitraryEvents } from './arbitrary-answer-body.ts'
import { cutUp, rarely } from './arbitrary-bytes.ts'
import type { RawAnswer } from './raw-upstream.ts'

const contentType = fc.constantFrom(
  'content-type: text/event-stream',
  'content-type: text/event-stream; charset=utf-8',
  'content-type: application/json',
  'content-type: text/html; charset="\u00ff"',
  'content-type: ,;=',
  'x-none: 1',
)

const oddHeader = fc.constantFrom(
  'x-ratelimit-remaining: \u00e9\u00ff',
  'x-ratelimit-\u007e: 1',
  'x-ratelimit-a: \t',
  'x-ratelimit-a: 1\r\nx-ratelimit-a: 2',
  'x-request-id: up \u00e9 1',
  'retry-after: Wed, 99 Foo',
  'constructor: x',
  '__proto__: x',
  'set-cookie: a=b',
  'connection: close',
  'connection: upgrade\r\nupgrade: websocket',
  'trailer: x-a',
  'x-ratelimit-big: ' + '9'.repeat(9_000),
  'x-ratelimit-huge: ' + '9'.repeat(20_000),
  'bad header',
  'x-ratelimit-nul: a\u0000b',
  'x-ratelimit-cut: a\nb',
)

const status = fc.oneof(
  { weight: 30, arbitrary: fc.constant(200) },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      100,
      101,
      103,
      199,
      204,
      206,
      302,
      304,
      400,
      401,
      404,
      429,
      500,
      503,
      599,
      600,
      999,
    ),
  },
)

type Framing = 'length' | 'chunked' | 'close' | 'too-long' | 'too-short' | 'twice'
const framing = fc.constantFrom<Framing>(
  'length',
  'length',
  'chunked',
  'chunked',
  'close',
  'too-long',
  'too-short',
  'twice',
)

type Encoding = 'none' | 'gzip' | 'deflate' | 'cut-gzip' | 'lie' | 'unknown'
const encoding = fc.constantFrom<Encoding>(
  'none',
  'none',
  'none',
  'gzip',
  'deflate',
  'cut-gzip',
  'lie',
  'unknown',
)

/** What a provider might send: mostly nearly right, sometimes not HTTP at all. */
export const arbitraryAnswer = answerWith(arbitraryBody)

/** What a runner might send, and a runner that dies at any point. */
export const arbitraryRun = answerWith(arbitraryEvents)

function answerWith(bodies: fc.Arbitrary<Buffer>): fc.Arbitrary<RawAnswer> {
  return fc
    .record({
      interim: rarely(
        8,
        fc.constantFrom('HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early\r\na: b\r\n\r\n'),
      ),
      status,
      contentType,
      headers: rarely(2, fc.array(oddHeader, { minLength: 1, maxLength: 2 })),
      body: bodies,
      framing,
      encoding,
      garbage: rarely(40, fc.constantFrom('HTTP/1.1 \r\n\r\n', '\u0000\u0001', 'HTTP/1.1 200')),
      cut: rarely(10, fc.nat(600)),
      cuts: cutUp,
      ending: fc.constantFrom('end', 'end', 'end', 'end', 'end', 'destroy', 'stay'),
    })
    .map(({ garbage, cut, cuts, ending, ...parts }) => {
      const whole = garbage === undefined ? assemble(parts) : Buffer.from(garbage, 'latin1')
      return { chunks: cuts(cut === undefined ? whole : whole.subarray(0, cut)), ending }
    })
}

type Parts = {
  readonly interim: string | undefined
  readonly status: number
  readonly contentType: string
  readonly headers: readonly string[] | undefined
  readonly body: Buffer
  readonly framing: Framing
  readonly encoding: Encoding
}

function assemble({ interim, status, contentType, headers, body, framing, encoding }: Parts): Buffer {
  const lines = [`HTTP/1.1 ${status} Words`, contentType, ...(headers ?? [])]
  const coded = encode(body, encoding)
  if (encoding !== 'none') lines.push(`content-encoding: ${nameOf(encoding)}`)
  const { bytes, header } = frame(coded, framing)
  return Buffer.concat([
    Buffer.from(`${interim ?? ''}${[...lines, ...header].join('\r\n')}\r\n\r\n`, 'latin1'),
    bytes,
  ])
}

function nameOf(encoding: Encoding): string {
  if (encoding === 'unknown') return 'gzip, br'
  return encoding === 'deflate' ? 'deflate' : 'gzip'
}

function encode(body: Buffer, encoding: Encoding): Buffer {
  if (encoding === 'gzip') return gzipSync(body)
  if (encoding === 'deflate') return deflateSync(body)
  return encoding === 'cut-gzip' ? gzipSync(body).subarray(0, -9) : body
}

function frame(body: Buffer, framing: Framing): { readonly bytes: Buffer; readonly header: string[] } {
  const length = (bytes: number) => [`content-length: ${bytes}`]
  switch (framing) {
    case 'close':
      return { bytes: body, header: [] }
    case 'too-long':
      return { bytes: body, header: length(body.length + 20) }
    case 'too-short':
      return { bytes: body, header: length(Math.max(0, body.length - 20)) }
    case 'length':
      return { bytes: body, header: length(body.length) }
    case 'twice':
      return { bytes: body, header: [...length(body.length), 'transfer-encoding: chunked'] }
    case 'chunked': {
      const half = body.length >> 1
      const parts = [body.subarray(0, half), body.subarray(half)].filter((part) => part.length > 0)
      const chunks = parts.map((part) => [
        Buffer.from(`${part.length.toString(16)}\r\n`),
        part,
        Buffer.from('\r\n'),
      ])
      return {
        bytes: Buffer.concat([...chunks.flat(), Buffer.from('0\r\n\r\n')]),
        header: ['transfer-encoding: chunked'],
      }
    }
  }
}
