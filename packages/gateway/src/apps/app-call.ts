import {
  AppError,
  errorStatus,
  invocationEvent,
  type ErrorCode,
  type InvocationEvent,
  type RunnerRequest,
  type Source,
} from '@ratchet/contract'
import type { Exchange } from '../calls/exchange.ts'
import { CollectedBytes } from '../calls/outgoing/collected-bytes.ts'
import { OutgoingCall } from '../calls/outgoing/outgoing-call.ts'
import { StreamResponse } from '../calls/outgoing/stream-response.ts'
import { inputText, type ModelRequest } from '../formats/chat-request.ts'
import { isJsonObject, parseJsonOr } from '../formats/parse-json.ts'
import type { CallSpan } from '../calls/spans/call-span.ts'
import { whyGone } from '../calls/why-gone.ts'
import { shownText, type AppAnswer, type FinishedEvent } from './app-answer.ts'
import { LineSplitter } from '../formats/line-splitter.ts'
import type { AppTarget } from './resolve-app.ts'
import { runnerDown } from './runner-client.ts'

const refusalLimitBytes = 1024 * 1024
const runnerPath = '/invoke'
/** The runner ends by itself at the deadline and then tells how far it came; only if it does not, we do. */
const deadlineSlackMs = 1_000

/** One run of an app: events from the runner become the client's answer, and one span of type `app`. */
export class AppCall extends OutgoingCall {
  readonly #request: ModelRequest
  readonly #target: AppTarget
  readonly #answer: AppAnswer
  readonly #stream: StreamResponse
  readonly #lines = new LineSplitter()
  #options: { readonly body: string; readonly timeoutMs: number } = { body: '', timeoutMs: 0 }
  #refusal: CollectedBytes | undefined
  #hasRetried = false
  #sources: readonly Source[] = []
  #text = ''
  #firstTokenUs = 0

  constructor(exchange: Exchange, request: ModelRequest, target: AppTarget, answer: AppAnswer) {
    super(exchange)
    this.#request = request
    this.#target = target
    this.#answer = answer
    this.#stream = new StreamResponse(exchange, this, answer.contentType)
  }

  start(request: RunnerRequest, timeoutMs: number): void {
    this.#options = { body: JSON.stringify(request), timeoutMs }
    this.#send()
  }

  protected override retry(error: Error): boolean {
    // A runner that was replaced left a socket nobody listens on; nothing was run yet, so the call may move.
    if (!isConnectFailure(error) || this.#hasRetried || !this.exchange.parts.runner.hasMoved()) return false
    this.#hasRetried = true
    this.#send()
    return true
  }

  protected override onAnswerStart(): void {
    if (this.status !== 200) this.#refusal = new CollectedBytes(refusalLimitBytes)
    else this.#write(this.#answer.onStart())
  }

  protected override onAnswerBytes(chunk: Buffer): void {
    if (this.#refusal !== undefined) {
      this.#refusal.add(chunk)
      return
    }
    for (const line of this.#lines.push(chunk)) if (line !== '' && this.#takeLine(line)) return
  }

  protected override onAnswerEnd(): void {
    if (this.#refusal !== undefined) return this.fail(readRefusal(this.status, this.#refusal.bytes()))
    this.fail(this.#broken('it ended before the answer did'))
  }

  protected override onFailure(error: AppError): void {
    this.exchange.writeSpan(this.#describe('error', error, this.#text), () => {
      if (this.#stream.isStarted) this.#stream.failWith(error.status, this.#answer.onFail(error))
      else this.exchange.sendError(error)
    })
  }

  protected override onCancelled(): void {
    const { status, error } = whyGone(this.exchange.parts)
    this.exchange.writeSpan(this.#describe(status, error, this.#text), () => this.#stream.close())
  }

  protected override describeTimeout(timeoutMs: number): AppError {
    return new AppError('timeout', {
      message: `The app "${this.#target.app}" did not finish within ${timeoutMs - deadlineSlackMs} ms. Allow more with the header x-ratchet-timeout-ms, or open the trace to see which step is slow.`,
      details: { app: this.#target.app },
    })
  }

  /** A step may think for long without an event; the deadline bounds it. */
  override idleAtMs(): number {
    return Number.POSITIVE_INFINITY
  }

  protected override describeSilence(silentMs: number): AppError {
    return this.#broken(`nothing came for ${silentMs} ms`)
  }

  protected override describeError(error: Error): AppError {
    return this.status > 0 ? this.#broken(error.message) : runnerDown(error.message, error)
  }

  protected override describeBadAnswer(problem: string): AppError {
    return new AppError('internal', { message: `The runner ${problem}; its log has the details.` })
  }

  #send(): void {
    const { body, timeoutMs } = this.#options
    const headers = ['content-type', 'application/json']
    const pool = this.exchange.parts.runner.pool()
    this.dispatch(pool, { path: runnerPath, method: 'POST', body, headers }, timeoutMs + deadlineSlackMs)
  }

  /** True when this was the last event. */
  #takeLine(line: string): boolean {
    const event = invocationEvent.parse(JSON.parse(line))
    switch (event.type) {
      case 'finished':
        this.#finish(event)
        return true
      case 'failed':
        this.fail(errorOf(event.error))
        this.abortUnlessEnded()
        return true
      case 'sources':
        this.#sources = event.sources
        break
      case 'text':
        this.#takeText(event)
        break
    }
    this.#write(this.#answer.onEvent(event))
    return false
  }

  #takeText({ text }: Extract<InvocationEvent, { type: 'text' }>): void {
    this.#text += text
    if (this.#firstTokenUs > 0) return
    const afterMs = this.exchange.elapsedMs()
    this.#firstTokenUs = Math.max(1, Math.round(afterMs * 1000))
    if (this.#answer.isStream) this.exchange.parts.metrics.countFirstToken(afterMs)
  }

  #finish(event: FinishedEvent): void {
    this.settle()
    const span = { ...this.#describe('ok', undefined, shownText(event)), finishReason: event.finishReason }
    this.exchange.writeSpan(span, () => {
      const bytes = this.#answer.onFinish(event, this.#sources)
      if (this.#answer.isStream) this.#stream.end(Buffer.from(bytes))
      else this.exchange.send(200, this.#answer.contentType, bytes)
      this.abortUnlessEnded()
    })
  }

  #write(text: string): void {
    if (text !== '') this.#stream.write([Buffer.from(text)])
  }

  #describe(
    status: CallSpan['status'],
    error: { code: string; message: string } | undefined,
    output: string,
  ): CallSpan {
    const { app, release, deployment, arm } = this.#target
    const { json } = this.#request
    const extension = isJsonObject(json['ratchet']) ? json['ratchet'] : {}
    const messages = inputText(this.#request)
    // Usage and cost stay with the model calls below, so that sums over a trace count each token once.
    return {
      name: `app/${app}`,
      type: 'app',
      status,
      errorCode: error?.code ?? '',
      errorMessage: error?.message.slice(0, 2000) ?? '',
      firstTokenUs: this.#answer.isStream ? this.#firstTokenUs : 0,
      app,
      release: release.label,
      deployment,
      arm,
      input: messages === '' || messages === '[]' ? JSON.stringify(extension['inputs'] ?? {}) : messages,
      output,
      attributes: JSON.stringify({
        request_id: this.exchange.requestId,
        stream: this.#answer.isStream,
        digest: release.digest,
      }),
    }
  }

  #broken(reason: string): AppError {
    return new AppError('unavailable', {
      message: `The runner broke off while it ran "${this.#target.app}" (${reason}). What came so far is incomplete; it is restarted on its own, try again.`,
      details: { process: 'runner', app: this.#target.app },
    })
  }
}

function isConnectFailure(error: Error): boolean {
  return 'code' in error && (error.code === 'ECONNREFUSED' || error.code === 'ENOENT')
}

function readRefusal(status: number, bytes: Buffer): AppError {
  const json = parseJsonOr(bytes.toString())
  const error = isJsonObject(json) && isJsonObject(json['error']) ? json['error'] : {}
  const message = typeof error['message'] === 'string' ? error['message'] : `The runner answered ${status}.`
  const details = isJsonObject(error['details']) ? error['details'] : {}
  const code = typeof error['code'] === 'string' ? error['code'] : 'internal'
  return errorOf({ code, message, details })
}

function errorOf(error: {
  code: string
  message: string
  details?: Readonly<Record<string, unknown>>
}): AppError {
  return new AppError(isErrorCode(error.code) ? error.code : 'internal', {
    message: error.message,
    details: { ...error.details },
  })
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorStatus, code)
}
