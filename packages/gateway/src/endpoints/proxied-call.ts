import { Readable } from 'node:stream'
import { AppError } from '@ratchet/contract'
import { requireAddress } from '../attempts/describe-upstream.ts'
import { CollectedBytes } from '../calls/outgoing/collected-bytes.ts'
import type { Exchange } from '../calls/exchange.ts'
import { OutgoingCall } from '../calls/outgoing/outgoing-call.ts'
import { streamCut } from '../calls/outgoing/stream-cut.ts'
import { whyGone } from '../calls/why-gone.ts'
import { isJsonObject, parseJsonOr, type JsonObject } from '../formats/parse-json.ts'
import { explainFailure } from '../providers/explain-failure.ts'
import { forwardProviderError, unusableAnswer } from '../providers/provider-error.ts'
import { passHeaders } from '../providers/response-headers.ts'
import type { CompiledConnection } from '../snapshot/compile-snapshot.ts'
import { admitCall } from './admit-call.ts'
import { withContentType } from './ask-endpoint.ts'

/** A call about something that lives at a provider: no model answers, so there is nobody else to ask. */
export type Proxied = {
  /** For its span: `POST files`. */
  readonly operation: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** From the root of the host, with its query. */
  readonly path: string
  readonly body: Buffer | Readable | null
  /** JSON when absent. */
  readonly contentType?: string
  /** Of a JSON answer; others pass as they are. Undefined: every answer passes as it is. */
  readonly rewrite: ((json: JsonObject) => JsonObject) | undefined
  /** Told the answer as the provider gave it; gives more attributes for the span. */
  readonly onJson?: (json: JsonObject) => JsonObject | undefined
  /** Attributes of its span, whatever comes of it. */
  readonly notes?: JsonObject
  /** Begins work that its provider charges for: budgets that are used up refuse it. */
  readonly isCharged?: boolean
  /** Asked by ourselves, again and again: traces need not tell. */
  readonly isQuiet?: boolean
}

const jsonLimitBytes = 16 * 1024 * 1024

/** Makes the call within the limits of the caller, and answers with what the provider says. */
export function proxyCall(exchange: Exchange, connection: CompiledConnection, proxied: Proxied): void {
  requireAddress(connection)
  exchange.connection = connection.name
  const { isCharged = false } = proxied
  admitCall(exchange, { subject: connection.name, isCharged }, (settle) =>
    new ProxiedCall(exchange, connection, { proxied, settle }).start(),
  )
}

type Started = { readonly proxied: Proxied; readonly settle: () => void }

class ProxiedCall extends OutgoingCall {
  readonly #connection: CompiledConnection
  readonly #proxied: Proxied
  readonly #settleLimits: () => void
  #contentType = ''
  #notes: JsonObject | undefined
  #collected: CollectedBytes | undefined

  constructor(exchange: Exchange, connection: CompiledConnection, { proxied, settle }: Started) {
    super(exchange)
    this.#connection = connection
    this.#proxied = proxied
    this.#settleLimits = settle
  }

  start(): void {
    const { method, path, body, contentType } = this.#proxied
    const { headers } = this.#connection
    const typed = withContentType(headers, contentType ?? 'application/json')
    const length = this.exchange.request.headers['content-length']
    if (body instanceof Readable && length !== undefined) typed.push('content-length', length)
    const pool = this.exchange.parts.pools.poolOf(this.#connection)
    this.dispatch(pool, { method, path, body, headers: typed }, this.exchange.timeoutMs())
  }

  protected override onAnswerStart(contentType: string): void {
    this.#contentType = contentType
    if (this.status >= 300 || (contentType.includes('json') && this.#proxied.rewrite !== undefined)) {
      this.#collected = new CollectedBytes(jsonLimitBytes)
      return
    }
    const { response } = this.exchange
    const length = this.providerHeaders['content-length']
    const isPlain = this.providerHeaders['content-encoding'] === undefined
    response.writeHead(this.status, [
      ...this.exchange.headers(contentType === '' ? 'application/octet-stream' : contentType),
      ...(typeof length === 'string' && isPlain ? ['content-length', length] : []),
      ...passHeaders(this.providerHeaders),
    ])
    response.on('drain', () => this.resume())
    this.exchange.countStream()
  }

  protected override onAnswerBytes(chunk: Buffer): void {
    if (this.#collected === undefined) {
      if (!this.exchange.response.write(chunk)) this.pause()
    } else if (!this.#collected.add(chunk))
      this.fail(this.describeBadAnswer(`answered more than ${jsonLimitBytes} bytes`))
  }

  protected override onAnswerEnd(): void {
    this.settle()
    const { exchange, status } = this
    const bytes = this.#collected?.bytes()
    if (bytes === undefined)
      return this.#end('ok', undefined, () => {
        exchange.response.end()
        exchange.count(status)
      })
    if (status >= 300) return this.#refuse(bytes)
    const json = parseJsonOr(bytes.toString())
    const { rewrite, onJson } = this.#proxied
    if (isJsonObject(json)) this.#notes = onJson?.(json)
    const body =
      rewrite !== undefined && isJsonObject(json) ? Buffer.from(JSON.stringify(rewrite(json))) : bytes
    const headers = passHeaders(this.providerHeaders)
    this.#end('ok', undefined, () => exchange.send(status, this.#contentType, body, headers))
  }

  protected override onFailure(error: AppError): void {
    this.#end('error', error, () => this.exchange.breakOff(error))
  }

  protected override onCancelled(): void {
    const { status, error } = whyGone(this.exchange.parts)
    this.#end(status, error, () => this.exchange.count(499))
  }

  protected override describeTimeout(timeoutMs: number): AppError {
    return new AppError('timeout', {
      message: `The provider of connection "${this.#connection.name}" did not finish within ${timeoutMs} ms.`,
      details: { timeoutMs, connection: this.#connection.name },
    })
  }

  protected override describeSilence(silentMs: number): AppError {
    return new AppError('timeout', {
      message: `The provider of connection "${this.#connection.name}" went silent for ${silentMs} ms.`,
      details: { silentMs, connection: this.#connection.name },
    })
  }

  protected override describeError(error: Error): AppError {
    const explained = explainFailure(error, this.#connection)
    const isCut = explained.code === 'provider_unreachable' && this.status > 0
    return isCut ? streamCut(this.#connection) : explained
  }

  protected override describeBadAnswer(problem: string): AppError {
    return unusableAnswer(problem, this.#connection)
  }

  #refuse(body: Buffer): void {
    const { exchange, status } = this
    const refusal = { status, contentType: this.#contentType, body, connection: this.#connection, hint: '' }
    const told = forwardProviderError(refusal)
    const headers = passHeaders(this.providerHeaders)
    this.#end('error', told, () => exchange.send(told.status, 'application/json', told.body, headers))
  }

  #end(
    status: 'ok' | 'error' | 'cancelled',
    error: { readonly code: string; readonly message: string } | undefined,
    done: () => void,
  ): void {
    this.#settleLimits()
    const { exchange } = this
    if (this.#proxied.isQuiet === true) return done()
    const { name, provider } = this.#connection
    const span = {
      name: `${name} ${this.#proxied.operation}`,
      type: 'other',
      status,
      errorCode: error?.code ?? '',
      errorMessage: error?.message.slice(0, 2000) ?? '',
      provider,
      connection: name,
      app: exchange.appName(),
      attributes: JSON.stringify({
        request_id: exchange.requestId,
        http_status: this.status,
        ...this.#proxied.notes,
        ...this.#notes,
      }),
    } as const
    exchange.writeSpan(span, done)
  }
}
