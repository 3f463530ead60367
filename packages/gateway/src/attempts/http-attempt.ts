import { AppError } from '@ratchet/contract'
import type { Dispatcher } from 'undici'
import { CollectedBytes } from '../calls/outgoing/collected-bytes.ts'
import type { Exchange } from '../calls/exchange.ts'
import { OutgoingCall } from '../calls/outgoing/outgoing-call.ts'
import { streamCut } from '../calls/outgoing/stream-cut.ts'
import type { FormatName } from '../neutral/content.ts'
import { explainFailure } from '../providers/explain-failure.ts'
import { unusableAnswer } from '../providers/provider-error.ts'
import type { ProviderHeaders } from '../providers/response-headers.ts'
import type { CompiledTarget } from '../routing/compiled-route.ts'
import type { Attempt, AttemptListener } from './attempt.ts'

/** A request ready to be sent to a provider. */
export type UpstreamRequest = {
  /** From the root of the host, with its query. */
  readonly path: string
  readonly headers: string[]
  readonly body: Buffer
}

const refusalLimitBytes = 1024 * 1024

/** A call to a model provider over HTTP. */
export class HttpAttempt extends OutgoingCall implements Attempt {
  readonly target: CompiledTarget
  readonly format: FormatName
  protected override ownsClient = false
  readonly #listener: AttemptListener
  #refusal: CollectedBytes | undefined
  #sentMs = 0
  #limitMs = 0
  /** Something whole has come: an event, a comment, or any byte of an answer that has no lines. */
  #hasBegun = false
  #isEventStream = false
  /** When the last of that came, or the head; Infinity before. On the clock of `performance.now()`. */
  #lastSignMs = Number.POSITIVE_INFINITY
  contentType = ''

  constructor(
    exchange: Exchange,
    target: CompiledTarget,
    parts: { format: FormatName; listener: AttemptListener },
  ) {
    super(exchange)
    this.target = target
    this.format = parts.format
    this.#listener = parts.listener
  }

  /** Of `limitMs` for the whole call, `remainingMs` are left for this answer. */
  send(
    dispatcher: Dispatcher,
    { path, headers, body }: UpstreamRequest,
    { limitMs, remainingMs }: { readonly limitMs: number; readonly remainingMs: number },
  ): void {
    this.#limitMs = limitMs
    this.#sentMs = performance.now()
    this.dispatch(dispatcher, { path, method: 'POST', body, headers }, remainingMs)
  }

  get answerStatus(): number {
    return this.status
  }

  get answerHeaders(): ProviderHeaders {
    return this.providerHeaders
  }

  finish(): void {
    if (this.isOver) return
    this.settle()
    this.abortUnlessEnded()
  }

  cancel(reason: string): void {
    if (this.isOver) return
    this.settle()
    this.abort(new Error(reason))
  }

  protected override onAnswerStart(contentType: string): void {
    this.contentType = contentType
    this.#isEventStream = contentType.startsWith('text/event-stream')
    this.#lastSignMs = this.lastByteMs
    if (this.status >= 300) this.#refusal = new CollectedBytes(refusalLimitBytes)
    else this.#listener.onAnswer(this)
  }

  protected override onAnswerBytes(chunk: Buffer): void {
    if (!this.#isEventStream || hasLineEnd(chunk)) {
      this.#hasBegun = true
      this.#lastSignMs = this.lastByteMs
    }
    if (this.#refusal === undefined) this.#listener.onBytes(this, chunk)
    else if (!this.#refusal.add(chunk)) this.#endRefusal(this.#refusal)
  }

  protected override onAnswerEnd(): void {
    if (this.#refusal === undefined) this.#listener.onEnd(this)
    else this.#endRefusal(this.#refusal)
  }

  protected override onFailure(error: AppError): void {
    this.#listener.onBroken(this, error)
  }

  /** Never told: the call that this attempt belongs to watches the client. */
  protected override onCancelled(): void {}

  override idleAtMs(): number {
    const { connectMs, firstTokenMs, betweenTokensMs } = this.target.timeouts
    const { parts } = this.exchange
    if (this.isPaused) return Number.POSITIVE_INFINITY
    if (connectMs !== undefined && !this.isSent)
      return this.#sentMs + Math.min(connectMs, firstTokenMs ?? connectMs)
    if (this.#hasBegun) return this.#lastSignMs + (betweenTokensMs ?? parts.idleTimeoutMs)
    if (firstTokenMs !== undefined) return this.#sentMs + firstTokenMs
    return this.#lastSignMs + parts.firstTokenTimeoutMs
  }

  override resume(): void {
    super.resume()
    this.#lastSignMs = this.lastByteMs
  }

  protected override describeTimeout(): AppError {
    const timeoutMs = this.#limitMs
    const { name } = this.target.connection
    return new AppError('timeout', {
      message: `The provider of connection "${name}" did not finish within ${timeoutMs} ms. Allow more with the header x-ratchet-timeout-ms, up to RATCHET_REQUEST_TIMEOUT_MS.`,
      details: { timeoutMs, connection: name },
    })
  }

  protected override describeSilence(): AppError {
    const { name, origin } = this.target.connection
    if (!this.isSent) return this.#describeUnconnected()
    const who = `The provider of connection "${name}" (${origin})`
    const silentMs = Math.round(performance.now() - (this.#hasBegun ? this.#lastSignMs : this.#sentMs))
    const problem = this.lastByteMs > this.#lastSignMs ? 'sent no whole event' : 'went silent'
    const message =
      this.status > 0
        ? `${who} ${problem} for ${silentMs} ms in the middle of its answer. What came so far is incomplete; try again.`
        : `${who} did not begin to answer within ${silentMs} ms.`
    return new AppError('timeout', { message, details: { silentMs, connection: name } })
  }

  protected override describeError(error: Error): AppError {
    const explained = explainFailure(error, this.target.connection)
    // Whoever has answered a head was reached; its connection broke afterwards.
    const isCut = explained.code === 'provider_unreachable' && this.status > 0
    return isCut ? streamCut(this.target.connection) : explained
  }

  protected override describeBadAnswer(problem: string): AppError {
    return unusableAnswer(problem, this.target.connection)
  }

  /** In the words of a connection that timed out by itself, so that it counts as one. */
  #describeUnconnected(): AppError {
    const waitedMs = Math.round(performance.now() - this.#sentMs)
    const cause = Object.assign(new Error(`no connection after ${waitedMs} ms`), {
      code: 'UND_ERR_CONNECT_TIMEOUT',
    })
    return explainFailure(cause, this.target.connection)
  }

  #endRefusal(refusal: CollectedBytes): void {
    this.settle()
    this.abortUnlessEnded()
    this.#listener.onRefused(this, refusal.bytes())
  }
}

const lineFeed = 0x0a

/** Providers end their chunks with lines, so the first look nearly always tells. */
function hasLineEnd(chunk: Buffer): boolean {
  return chunk[chunk.length - 1] === lineFeed || chunk.includes(lineFeed)
}
