import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError, errorStatus, isAppError, type Permission } from '@ratchet/contract'
import { placeSpanRecord } from '@ratchet/spool'
import type { JsonObject } from '../formats/parse-json.ts'
import { isJsonObject } from '../formats/parse-json.ts'
import type { GatewayParts } from '../gateway-parts.ts'
import { afterBody } from '../http/after-body.ts'
import { toOpenAiError } from '../http/open-ai-error.ts'
import { randomHex } from '../http/random-hex.ts'
import { readTraceContext } from '../http/trace-context.ts'
import type { Caller } from '../keys/caller.ts'
import { readPriority, type LimitSubjects } from '../limits/limit-subjects.ts'
import type { CompiledSnapshot } from '../snapshot/compile-snapshot.ts'
import type { CallSpan } from './spans/call-span.ts'

const environmentShape = /^[a-z0-9][a-z0-9-]{0,63}$/
const requestIdShape = /^[\w.:-]{1,100}$/
const idLimit = 200
const oneWriteBytes = 16 * 1024
const clientClosedStatus = errorStatus.client_closed

/** Whoever works for a client and must stop when it is gone. */
export type ClientWatcher = { readonly onClientGone: () => void }

/** One request and its response: identity, time, how it ends, what is measured. */
export class Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly parts: GatewayParts
  readonly route: string
  readonly startUs: number
  readonly traceId: string
  readonly parentSpanId: string
  readonly spanId = randomHex(8)
  readonly requestId: string
  caller: Caller | undefined
  environment = ''
  sessionId = ''
  userId = ''
  /** What traces show of the question, when guardrails took something out of it. */
  shownInput: string | undefined
  spanType: 'llm' | 'embedding' = 'llm'
  /** Body of an error response, in the format of the API that was called. */
  errorBody: (error: AppError) => string = openAiErrorBody
  /** Headers of the answer that limits ask for, in the flat form of `writeHead`. */
  moreHeaders: readonly string[] = noHeaders
  /** Label in metrics. */
  connection = ''
  /** `connection/model` that was asked last; for the access log. */
  model = ''
  /** Time spent waiting for a provider, in milliseconds. */
  providerMs: number | undefined
  /** Told when the client goes away before the response has ended. An object, because closures kept in fields make V8 promote whole requests. */
  owner: ClientWatcher | undefined
  readonly #startedMs = performance.now()
  #isCounted = false
  #isStream = false
  /** What had left the connection before this answer; only counted for an access log. */
  readonly #sentBefore: number

  constructor(parts: GatewayParts, route: string, request: IncomingMessage, response: ServerResponse) {
    this.parts = parts
    this.route = route
    this.request = request
    this.response = response
    this.startUs = parts.clock.nowUs()
    const { traceId, parentSpanId } = readTraceContext(header(request, 'traceparent'))
    this.traceId = traceId
    this.parentSpanId = parentSpanId
    const requestId = header(request, 'x-request-id')
    this.requestId = requestId !== undefined && requestIdShape.test(requestId) ? requestId : traceId
    parts.metrics.activeRequests += 1
    this.#sentBefore = parts.accessLog === undefined ? 0 : (request.socket.bytesWritten ?? 0)
    response.once('close', () => {
      if (!response.writableEnded) this.guard(() => this.owner?.onClientGone())
      this.count(clientClosedStatus)
    })
  }

  /** Milliseconds since the request came. */
  elapsedMs(): number {
    return performance.now() - this.#startedMs
  }

  /** Throws `unavailable` before the first configuration. */
  snapshot(): CompiledSnapshot {
    const { current } = this.parts.snapshots
    if (current !== undefined) return current
    throw new AppError('unavailable', {
      message: 'The gateway has no configuration yet; control is starting. Try again in a second.',
    })
  }

  /** Finds out who calls and in which environment; throws when the caller may not do `permission`. */
  authenticate(permission: Permission): Caller {
    const authorization =
      this.request.headers.authorization ??
      header(this.request, 'x-api-key') ??
      header(this.request, 'x-goog-api-key') ??
      header(this.request, 'api-key')
    const caller = this.parts.authenticator.authenticate(authorization, Date.now())
    this.caller = caller
    this.environment = caller.anyEnvironment ? this.#namedEnvironment(caller) : caller.environment
    if (caller.scopes.has(permission)) return caller
    throw new AppError('forbidden', {
      message: `This key may not do "${permission}". Make one that may with: ratchet keys create --scopes ${permission}`,
      details: { permission },
    })
  }

  /** Session and user of the call, from headers or from where OpenAI clients put them. */
  identify(body: JsonObject): void {
    const metadata = isJsonObject(body['metadata']) ? body['metadata'] : undefined
    this.sessionId = firstText(encoded(this.request, 'x-ratchet-session'), metadata?.['session_id'])
    this.userId = firstText(encoded(this.request, 'x-ratchet-user'), body['user'], metadata?.['user_id'])
  }

  /** How long this call may take: what the client asks for, within the limit. */
  timeoutMs(): number {
    const limitMs = this.snapshot().limits.requestTimeoutMs
    const asked = header(this.request, 'x-ratchet-timeout-ms')
    if (asked === undefined) return limitMs
    const askedMs = Number(asked)
    if (Number.isInteger(askedMs) && askedMs > 0) return Math.min(askedMs, limitMs)
    throw new AppError('validation_failed', {
      message: `The header x-ratchet-timeout-ms is "${asked}"; give whole milliseconds from 1 to ${limitMs}.`,
    })
  }

  /** The app whose run makes this call; empty outside of one. */
  appName(): string {
    const { caller } = this
    if (caller === undefined || caller.releaseDigest === '') return ''
    return caller.project.releases.find(({ arm }) => arm.digest === caller.releaseDigest)?.app ?? ''
  }

  /** Whose use this call is, for limits and budgets. */
  limitSubjects(model: string, route: string): LimitSubjects {
    const { caller, environment, userId: user } = this
    return {
      project: caller?.project.id ?? '',
      environment,
      keyId: caller?.keyId ?? '',
      keyName: caller?.keyName,
      user,
      app: this.appName(),
      model,
      route,
      priority: readPriority(header(this.request, 'x-ratchet-priority')),
    }
  }

  /** Our headers on every response, in the flat form of `writeHead`. */
  headers(contentType: string): string[] {
    const own = [
      'content-type',
      contentType,
      'x-request-id',
      this.requestId,
      'x-ratchet-trace-id',
      this.traceId,
    ]
    return this.moreHeaders.length === 0 ? own : [...own, ...this.moreHeaders]
  }

  /** Writes the call's span; `done` runs when it is on disk, and then the response may end. */
  writeSpan(span: CallSpan, done: () => void): void {
    const { caller } = this
    if (caller === undefined) return done()
    // Behind a token stands one of our own spans; behind a key a parent can only be the caller's own.
    const isInner = caller.kind === 'token' && this.parentSpanId !== ''
    const record = placeSpanRecord(span, {
      project: caller.project.id,
      environment: this.environment,
      traceId: this.traceId,
      spanId: this.spanId,
      parentSpanId: this.parentSpanId,
      isLocalRoot: !isInner,
      startUs: this.startUs,
      durationUs: Math.round(this.elapsedMs() * 1000),
      sessionId: this.sessionId,
      userId: this.userId,
      keyId: caller.keyId,
    })
    if (span.usage !== undefined) this.parts.metrics.countTokens(this.connection, span.usage)
    this.parts.spool.append(record, () => this.guard(done))
  }

  /** Writes the span of a step within this call: an attempt, a check. */
  writeInnerSpan(span: CallSpan, times: { readonly startUs: number; readonly durationUs: number }): void {
    const { caller } = this
    if (caller === undefined) return
    this.parts.spool.append(
      placeSpanRecord(span, {
        ...times,
        project: caller.project.id,
        environment: this.environment,
        traceId: this.traceId,
        spanId: randomHex(8),
        parentSpanId: this.spanId,
        isLocalRoot: false,
        sessionId: this.sessionId,
        userId: this.userId,
        keyId: caller.keyId,
      }),
    )
  }

  /** Sends a whole response. */
  send(status: number, contentType: string, body: Buffer | string, more: readonly string[] = []): void {
    const { response } = this
    if (response.destroyed || response.headersSent) return this.count(status)
    const headers = this.headers(contentType)
    headers.push('content-length', String(typeof body === 'string' ? Buffer.byteLength(body) : body.length))
    for (const part of more) headers.push(part)
    response.writeHead(status, headers)
    // As a string a short body leaves in one write with its head; latin1 keeps every byte as it is.
    if (typeof body === 'string' || body.length > oneWriteBytes) response.end(body)
    else response.end(body.toString('latin1'), 'latin1')
    this.count(status)
  }

  sendJson(status: number, value: object, more: readonly string[] = []): void {
    this.send(status, 'application/json', JSON.stringify(value), more)
  }

  /** Answers with an error, when the body has come to its end or is taking too long. */
  sendError(error: AppError, more: readonly string[] = []): void {
    const retry = error.status === 503 && !more.includes('retry-after') ? ['retry-after', '1'] : []
    const body = this.errorBody(error)
    afterBody(this.request, (isRead) =>
      this.guard(() =>
        this.send(error.status, 'application/json', body, [
          ...more,
          ...retry,
          ...(isRead ? [] : ['connection', 'close']),
        ]),
      ),
    )
  }

  /** Runs a step; what it throws becomes the response. Every callback runs in one: outside, a throw would end the process. */
  guard(step: () => void): void {
    try {
      step()
    } catch (error) {
      this.breakOff(this.asAppError(error))
    }
  }

  /** Answers with an error, or cuts off the answer that has begun: a client must not wait for what never comes. */
  breakOff(error: AppError): void {
    const { response } = this
    if (!response.headersSent) this.sendError(error)
    else if (!response.writableEnded) response.destroy()
  }

  /** Counts the response as an open stream until it is over. */
  countStream(): void {
    if (this.#isCounted) return
    this.#isStream = true
    this.parts.metrics.activeStreams += 1
  }

  /** Unexpected errors are logged once, here, and leave as `internal` without their text. */
  asAppError(error: unknown): AppError {
    if (isAppError(error)) return error
    this.parts.log.error(
      { error, requestId: this.requestId, route: this.route },
      'a request failed unexpectedly',
    )
    return new AppError('internal', {
      message: `Something went wrong in the gateway; its log has the details under request ${this.requestId}.`,
      cause: error,
    })
  }

  /** Counts the request in the metrics, once. */
  count(status: number): void {
    if (this.#isCounted) return
    this.#isCounted = true
    const { metrics } = this.parts
    metrics.activeRequests -= 1
    if (this.#isStream) metrics.activeStreams -= 1
    metrics.countRequest({
      route: this.route,
      status,
      connection: this.connection,
      totalMs: this.elapsedMs(),
      providerMs: this.providerMs,
    })
    this.parts.accessLog?.write({
      method: this.request.method ?? '',
      route: this.route,
      status,
      durationMs: this.elapsedMs(),
      providerMs: this.providerMs,
      model: this.model,
      keyId: this.caller?.keyId ?? '',
      traceId: this.traceId,
      requestId: this.requestId,
      requestBytes: Number(this.request.headers['content-length'] ?? 0),
      responseBytes: this.request.socket.bytesWritten - this.#sentBefore,
      isStream: this.#isStream,
    })
  }

  #namedEnvironment(caller: Caller): string {
    const named = header(this.request, 'x-ratchet-environment')
    if (named === undefined) return caller.environment
    if (environmentShape.test(named)) return named
    throw new AppError('validation_failed', {
      message: `The header x-ratchet-environment is "${named}"; give the name of an environment such as production.`,
    })
  }
}

const noHeaders: readonly string[] = []
const openAiErrorBody = (error: AppError): string => JSON.stringify(toOpenAiError(error))
function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : undefined
}

/** Header values cannot hold every character, so ours may be percent-encoded. */
function encoded(request: IncomingMessage, name: string): string | undefined {
  const value = header(request, name)
  if (value === undefined || !value.includes('%')) return value
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

function firstText(...values: readonly unknown[]): string {
  // A cut may leave half of a character, which is no text.
  for (const value of values)
    if (typeof value === 'string' && value !== '') return value.slice(0, idLimit).toWellFormed()
  return ''
}
