import type { Transform } from 'node:stream'
import { isAppError, type AppError } from '@ratchet/contract'
import type { Dispatcher } from 'undici'
import { makeDecoder } from '../../providers/make-decoder.ts'
import type { ProviderHeaders } from '../../providers/response-headers.ts'
import type { WatchedCall } from './call-watch.ts'
import type { ClientWatcher, Exchange } from '../exchange.ts'
import type { StreamSource } from './stream-response.ts'

/**
 * One call that we make for a client: what undici calls back, plus the deadline and the client that may go
 * away. Exactly one of `onAnswerEnd`, `onFailure` and `onCancelled` is the last thing that happens.
 */
export abstract class OutgoingCall
  implements Dispatcher.DispatchHandler, WatchedCall, ClientWatcher, StreamSource
{
  readonly exchange: Exchange
  deadlineAtMs = Number.POSITIVE_INFINITY
  watchIndex = -1
  /** False for one of several attempts: the call that they belong to watches the client. */
  protected ownsClient = true
  protected status = 0
  protected providerHeaders: ProviderHeaders = {}
  #controller: Dispatcher.DispatchController | undefined
  #decoder: Transform | undefined
  #abortReason: Error | undefined
  #dispatchedMs = 0
  #timeoutMs = 0
  #lastByteMs = Number.POSITIVE_INFINITY
  #isPaused = false
  #isOver = false
  #hasEnded = false

  constructor(exchange: Exchange) {
    this.exchange = exchange
  }

  /** The answer's head has come. */
  protected abstract onAnswerStart(contentType: string): void
  protected abstract onAnswerBytes(chunk: Buffer): void
  protected abstract onAnswerEnd(): void
  /** The provider failed, or took too long. */
  protected abstract onFailure(error: AppError): void
  /** The client went away; there is nobody to answer, only a span to write. */
  protected abstract onCancelled(): void
  protected abstract describeTimeout(timeoutMs: number): AppError
  /** The answer has begun and nothing has come for a while. */
  protected abstract describeSilence(silentMs: number): AppError
  protected abstract describeError(error: Error): AppError
  /** True when the call was sent again, because it has reached nobody. */
  protected retry(_error: Error): boolean {
    return false
  }
  /** The answer cannot be used because of `problem`, a phrase like "sent a broken gzip body". */
  protected abstract describeBadAnswer(problem: string): AppError

  /** Sends the call; from here on the callbacks tell how it goes. */
  protected dispatch(dispatcher: Dispatcher, options: Dispatcher.DispatchOptions, timeoutMs: number): void {
    const { exchange } = this
    if (this.ownsClient) exchange.owner = this
    if (this.deadlineAtMs === Number.POSITIVE_INFINITY) {
      this.#timeoutMs = timeoutMs
      this.deadlineAtMs = performance.now() + timeoutMs
      exchange.parts.watch.add(this)
    }
    this.#dispatchedMs = exchange.elapsedMs()
    dispatcher.dispatch(options, this)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#abortReason !== undefined) controller.abort(this.#abortReason)
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: ProviderHeaders,
  ): void {
    // 1xx are no answers.
    if (this.#isOver || status < 200) return
    this.status = status
    this.providerHeaders = headers
    this.#lastByteMs = performance.now()
    const encoding = headers['content-encoding']
    if (typeof encoding === 'string' && encoding !== 'identity' && !this.#decode(encoding)) return
    const contentType = headers['content-type']
    try {
      this.onAnswerStart(typeof contentType === 'string' ? contentType : '')
    } catch (error) {
      this.#endWith(error)
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return
    this.#lastByteMs = performance.now()
    if (this.#decoder === undefined) this.#take(chunk)
    else this.#decoder.write(chunk)
  }

  onResponseEnd(): void {
    this.#hasEnded = true
    if (this.#isOver) return
    if (this.#decoder === undefined) this.#end()
    else this.#decoder.end()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    try {
      if (!this.#isOver && this.retry(error)) return
      this.#hasEnded = true
      if (!this.#isOver) this.fail(this.describeError(error))
    } catch (problem) {
      this.#endWith(problem)
    }
  }

  /** Ends the call with an error; does nothing when it is over already. */
  protected fail(error: AppError): void {
    if (this.#isOver) return
    this.settle()
    this.abort(error)
    this.exchange.guard(() => this.onFailure(error))
  }

  /** Marks the call as over: later events of the provider, the clock and the client mean nothing any more. */
  protected settle(): void {
    this.#isOver = true
    this.#decoder?.destroy()
    this.exchange.parts.watch.delete(this)
    if (this.ownsClient) this.exchange.owner = undefined
    this.exchange.providerMs =
      (this.exchange.providerMs ?? 0) + this.exchange.elapsedMs() - this.#dispatchedMs
  }

  protected get isOver(): boolean {
    return this.#isOver
  }

  /** On the clock of `performance.now()`; Infinity before the first byte of an answer. */
  protected get lastByteMs(): number {
    return this.#lastByteMs
  }

  /** False while there is no connection to send the request on. */
  protected get isSent(): boolean {
    return this.#controller !== undefined
  }

  protected get isPaused(): boolean {
    return this.#isPaused
  }

  /** Closes the connection to the provider, unless its answer has come to its end. */
  protected abort(reason: Error): void {
    if (this.#hasEnded) return
    this.#abortReason = reason
    this.#controller?.abort(reason)
  }

  /** For an answer that said its last word: leaves the socket usable if the provider ends within a moment. */
  protected abortUnlessEnded(): void {
    if (this.#hasEnded) return
    setTimeout(() => this.abort(new Error('the provider did not end its answer')), lingerMs).unref()
  }

  onClientGone(): void {
    if (this.#isOver) return
    this.settle()
    this.abort(new Error('the client went away'))
    this.exchange.guard(() => this.onCancelled())
  }

  onDeadline(): void {
    this.fail(this.describeTimeout(this.#timeoutMs))
  }

  onIdle(): void {
    this.fail(this.describeSilence(this.exchange.parts.idleTimeoutMs))
  }

  /** Counts from the last byte of an answer that has begun; a reader that makes us pause is not the provider's silence. */
  idleAtMs(): number {
    return this.#isPaused ? Number.POSITIVE_INFINITY : this.#lastByteMs + this.exchange.parts.idleTimeoutMs
  }

  pause(): void {
    this.#isPaused = true
    this.#controller?.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#lastByteMs = performance.now()
    this.#controller?.resume()
  }

  #take(chunk: Buffer): void {
    if (this.#isOver) return
    try {
      this.onAnswerBytes(chunk)
    } catch (error) {
      this.#endWith(error)
    }
  }

  #end(): void {
    if (this.#isOver) return
    try {
      this.onAnswerEnd()
    } catch (error) {
      this.#endWith(error)
    }
  }

  /** For an answer that made us throw: without this its client would wait for ever, or the process would end. */
  #endWith(error: unknown): void {
    const { exchange } = this
    if (this.#isOver) return exchange.breakOff(exchange.asAppError(error))
    if (isAppError(error)) return this.fail(error)
    const { parts, requestId, route } = exchange
    parts.log.warn({ error, requestId, route }, 'an answer could not be read')
    this.fail(this.describeBadAnswer(`sent what cannot be read (${String(error)})`))
  }

  #decode(encoding: string): boolean {
    const decoder = makeDecoder(encoding)
    if (decoder === undefined) {
      this.fail(this.describeBadAnswer(`answered in the unknown content-encoding "${encoding}"`))
      return false
    }
    decoder.on('data', (chunk: Buffer) => this.#take(chunk))
    decoder.on('end', () => this.#end())
    decoder.on('error', (error) =>
      this.fail(this.describeBadAnswer(`sent a broken ${encoding} body (${error.message})`)),
    )
    this.#decoder = decoder
    return true
  }
}

const lingerMs = 2_000
