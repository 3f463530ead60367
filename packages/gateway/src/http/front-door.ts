import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { Socket } from 'node:net'
import { AppError } from '@ratchet/contract'
import { readPriority } from '../limits/limit-subjects.ts'
import type { LoadMonitor } from '../protection/load-monitor.ts'
import type { CutReason, ProtectionCounts } from '../protection/protection-counts.ts'
import type { ProtectionSettings } from '../protection/protection-settings.ts'
import { WriteWatch } from '../protection/write-watch.ts'
import { OpenConnections } from './open-connections.ts'
import { bodyTooLarge } from './read-body.ts'
import { errorBodyFor, sendEarly } from './early-error.ts'

type Listener = (request: IncomingMessage, response: ServerResponse) => void

type FrontDoorParts = {
  readonly settings: ProtectionSettings
  readonly counts: ProtectionCounts
  readonly load: LoadMonitor
  readonly activeCalls: () => number
  /** Health and figures: answered under any load. True when it was one of them. */
  readonly serveOwnPath: (request: IncomingMessage, response: ServerResponse) => boolean
  readonly serveCall: Listener
  /** Largest body; undefined while there is no configuration. */
  readonly bodyLimitBytes: () => number | undefined
  /** Told of a call that was refused here. */
  readonly onRefused?: (request: IncomingMessage, status: number) => void
}

export type FrontDoor = {
  readonly server: Server
  readonly connections: OpenConnections
  readonly stop: () => void
}

const keepAliveMs = 65_000

/** The server that clients connect to. What is too much, too slow or too large is refused here, before it costs anything. */
export function makeFrontDoor(parts: FrontDoorParts): FrontDoor {
  const { settings, counts } = parts
  const requestTimeout = settings.requestReadTimeoutMs
  const headersTimeout =
    requestTimeout > 0 ? Math.min(settings.headersTimeoutMs, requestTimeout) : settings.headersTimeoutMs
  const server = createServer({
    keepAliveTimeout: keepAliveMs,
    noDelay: true,
    maxHeaderSize: settings.headerLimitBytes,
    headersTimeout,
    requestTimeout,
    connectionsCheckingInterval: checkEveryMs(headersTimeout, requestTimeout),
  })
  // Node would leave out what is over its limit without a word; we refuse it.
  server.maxHeadersCount = 0
  if (settings.maxConnections > 0) server.maxConnections = settings.maxConnections
  const writes = new WriteWatch(settings.writeTimeoutMs, () => (counts.cut['stalled-reader'] += 1))
  server.on('connection', (socket) => writes.add(socket))
  const connections = new OpenConnections(server)
  server.on('drop', () => (counts.cut['too-many-connections'] += 1))
  server.on('clientError', (error, socket) => {
    // The server's sockets are those of `net`; the type says less.
    if ('writableLength' in socket) endBadConnection(error, socket as Socket, counts)
  })
  const listener = (request: IncomingMessage, response: ServerResponse, canContinue: boolean): void => {
    const isCall = isCallPath(request.url ?? '/')
    if (!isCall && parts.serveOwnPath(request, response)) return
    const refused = refusalOf(parts, request) ?? (canContinue ? tooLargeToAskFor(parts, request) : undefined)
    if (refused !== undefined) {
      sendEarly(request, response, refused)
      return parts.onRefused?.(request, refused.error.status)
    }
    if (canContinue) response.writeContinue()
    parts.serveCall(request, response)
  }
  server.on('request', (request, response) => listener(request, response, false))
  // Whoever asks first is told before sending a body that would be refused.
  server.on('checkContinue', (request, response) => listener(request, response, true))
  return { server, connections, stop: () => writes.stop() }
}

type Refused = { readonly error: AppError; readonly headers?: readonly string[] }

function refusalOf(
  { settings, counts, load, activeCalls }: FrontDoorParts,
  request: IncomingMessage,
): Refused | undefined {
  const { headers, rawHeaders } = request
  const reason = load.refusalOf(activeCalls(), undefined)
  if (reason !== undefined) {
    const still = load.refusalOf(activeCalls(), priorityOf(headers))
    if (still !== undefined) {
      counts.shed[still] += 1
      return { error: overloaded(), headers: ['retry-after', '1'] }
    }
  }
  const limit = settings.headerLimitCount
  if (limit > 0 && rawHeaders.length > 2 * limit) {
    counts.cut['headers-too-large'] += 1
    return { error: tooManyHeaders(rawHeaders.length / 2, limit), headers: ['connection', 'close'] }
  }
  // Other protocols are offered by clients that do without them, and then the offer is passed over.
  if (headers.upgrade?.toLowerCase() === 'websocket')
    return { error: noWebSocket(), headers: ['connection', 'close'] }
  return undefined
}

function tooLargeToAskFor({ bodyLimitBytes }: FrontDoorParts, request: IncomingMessage): Refused | undefined {
  const limitBytes = bodyLimitBytes()
  if (limitBytes === undefined || Number(request.headers['content-length'] ?? 0) <= limitBytes)
    return undefined
  return { error: bodyTooLarge(limitBytes), headers: ['connection', 'close'] }
}

/** The common case is known by its first letters. */
function isCallPath(url: string): boolean {
  return url.startsWith('/v1')
}

/** Calls of a running app come before new work: what was done for the app already would be lost. */
function priorityOf({
  authorization,
  'x-ratchet-priority': priority,
}: IncomingHttpHeaders): number | undefined {
  if (authorization?.startsWith('Bearer rt_') === true) return 9
  return typeof priority === 'string' ? readPriority(priority) : undefined
}

/** Late by a quarter of the shorter time at most. */
function checkEveryMs(...timeouts: readonly number[]): number {
  const shortest = Math.min(...timeouts.filter((timeoutMs) => timeoutMs > 0))
  return Number.isFinite(shortest) ? Math.min(5_000, Math.max(20, Math.floor(shortest / 4))) : 30_000
}

function endBadConnection(error: NodeJS.ErrnoException, socket: Socket, counts: ProtectionCounts): void {
  const [reason, answer] = judge(error)
  if (reason !== undefined) counts.cut[reason] += 1
  const hasBegun = hasBegunToAnswer(socket)
  if (answer === undefined || hasBegun || !socket.writable) return void socket.destroy()
  const body = errorBodyFor('/', answer)
  const phrase =
    answer.status === 408
      ? 'Request Timeout'
      : answer.status === 431
        ? 'Request Header Fields Too Large'
        : 'Bad Request'
  socket.end(
    `HTTP/1.1 ${answer.status} ${phrase}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
  // Whoever does not take even that.
  setTimeout(() => socket.destroy(), 1_000).unref()
}

function judge({ code, message }: NodeJS.ErrnoException): [CutReason | undefined, AppError | undefined] {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return ['slow-request', tooSlow()]
  if (code === 'HPE_HEADER_OVERFLOW') return ['headers-too-large', headersTooLarge()]
  if (code?.startsWith('HPE_') === true && code !== 'HPE_INVALID_EOF_STATE')
    return ['bad-request', new AppError('bad_request', { message: `This is not HTTP/1.1: ${message}.` })]
  return [undefined, undefined]
}

/** An answer of an earlier request on the connection may be on its way: nothing may be written into it. */
function hasBegunToAnswer(socket: Socket): boolean {
  const answer: unknown = Reflect.get(socket, '_httpMessage')
  return (
    typeof answer === 'object' && answer !== null && 'headersSent' in answer && answer.headersSent === true
  )
}

function overloaded(): AppError {
  return new AppError('overloaded', {
    message:
      'The gateway has more work than it can do and takes no new calls for a moment. Try again in a second, or send x-ratchet-priority: 9 with what cannot wait.',
  })
}

function tooSlow(): AppError {
  return new AppError('request_timeout', {
    message:
      'The request did not arrive in time. Send it faster, or raise RATCHET_REQUEST_READ_TIMEOUT_MS and RATCHET_HEADERS_TIMEOUT_MS.',
  })
}

function headersTooLarge(): AppError {
  return new AppError('headers_too_large', {
    message: 'The headers are larger than the gateway takes. Send less, or raise RATCHET_HEADER_LIMIT_BYTES.',
  })
}

function tooManyHeaders(count: number, limit: number): AppError {
  return new AppError('headers_too_large', {
    message: `The request has ${count} headers; the gateway takes ${limit}. Send fewer, or raise RATCHET_HEADER_LIMIT_COUNT.`,
    details: { count, limit },
  })
}

function noWebSocket(): AppError {
  return new AppError('bad_request', {
    message: 'The gateway speaks no WebSocket. Use HTTP; with "stream": true answers come as they are made.',
    details: { upgrade: 'websocket' },
  })
}
