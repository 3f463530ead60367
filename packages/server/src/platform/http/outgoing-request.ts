import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { resolveAllowed, resolveHost, type ResolveHost } from './outgoing-address.ts'

/** What came back, whole and as text. */
export type OutgoingAnswer = {
  readonly status: number
  readonly contentType: string
  readonly text: string
  readonly retryAfter?: string
}

type OutgoingOptions = {
  headers: Readonly<Record<string, string>>
  allowPrivate: boolean
  timeoutMs: number
  answerLimitBytes: number
  signal?: AbortSignal | undefined
  resolve?: ResolveHost | undefined
}

/**
 * GETs a URL that a user gave. The addresses are checked when the connection is made, so a name that is
 * re-pointed after a check gains nothing; redirects are not followed, and the answer is bounded.
 */
export function getOutgoing(url: URL, options: OutgoingOptions): Promise<OutgoingAnswer> {
  return exchange(url, 'GET', options)
}

/** POSTs a text, under the same rules. */
export function postOutgoing(url: URL, options: OutgoingOptions & { body: string }): Promise<OutgoingAnswer> {
  return exchange(url, 'POST', options)
}

async function exchange(
  url: URL,
  method: 'GET' | 'POST',
  options: OutgoingOptions & { body?: string },
): Promise<OutgoingAnswer> {
  const resolve = options.resolve ?? resolveHost
  const deadline = AbortSignal.timeout(options.timeoutMs)
  // A literal address never reaches the lookup function.
  await resolveLiteral(url, options.allowPrivate, resolve)
  const settings: RequestOptions = {
    method,
    headers: { accept: 'application/json', 'user-agent': 'ratchet', ...options.headers },
    agent: false,
    lookup: lookupAllowed(options.allowPrivate, resolve),
    signal: options.signal ? AbortSignal.any([options.signal, deadline]) : deadline,
  }
  const response = await send(url, settings, options.body)
  const text = await readText(response, options.answerLimitBytes)
  const retryAfter = response.headers['retry-after']
  return {
    status: response.statusCode ?? 0,
    contentType: response.headers['content-type'] ?? '',
    text,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  }
}

async function resolveLiteral(url: URL, allowPrivate: boolean, resolve: ResolveHost): Promise<void> {
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')))
    await resolveAllowed(url.hostname, { allowPrivate, resolve })
}

function lookupAllowed(allowPrivate: boolean, resolve: ResolveHost): LookupFunction {
  return (host, options, done) => {
    resolveAllowed(host, { allowPrivate, resolve }).then(
      (addresses) => {
        const entries = addresses.map((address) => ({ address, family: isIP(address) }))
        const first = entries[0]
        if (options.all) done(null, entries)
        else if (first) done(null, first.address, first.family)
        else done(Object.assign(new Error(`"${host}" has no address`), { code: 'ENOTFOUND' }), '')
      },
      (error: NodeJS.ErrnoException) => done(error, ''),
    )
  }
}

function send(url: URL, settings: RequestOptions, body?: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const call = url.protocol === 'https:' ? requestHttps : requestHttp
    call(url, settings, resolve).once('error', reject).end(body)
  })
}

async function readText(response: IncomingMessage, limitBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.byteLength
    if (sizeBytes > limitBytes) {
      response.destroy()
      throw Object.assign(new Error(`the answer is longer than ${limitBytes} bytes`), { code: 'ETOOBIG' })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
