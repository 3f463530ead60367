import type { AppError } from '@ratchet/contract'
import type { AnswerFacts } from '../formats/chat-answer.ts'
import type { ModelRequest } from '../formats/chat-request.ts'
import { spliceBody } from '../formats/splice-body.ts'
import { passHeaders } from '../providers/response-headers.ts'
import type { CallCost } from './call-span.ts'
import { CollectedBytes } from './collected-bytes.ts'
import type { Exchange } from './exchange.ts'
import { describeModelCall, type ModelOutcome } from './model-span.ts'
import type { ModelTarget } from './resolve-model.ts'
import { UpstreamCall } from './upstream-call.ts'

const clientClosedStatus = 499
const answerLimitBytes = 128 * 1024 * 1024

/** Reads the facts out of an answer's bytes; undefined when they are not what was asked for. */
export type ReadAnswer = (answer: Buffer) => AnswerFacts | undefined

/** A call answered as one JSON document, whose bytes pass to the client as they came. */
export class PlainCall extends UpstreamCall {
  readonly #request: ModelRequest
  readonly #readAnswer: ReadAnswer
  readonly #answer = new CollectedBytes(answerLimitBytes)
  #contentType = ''

  constructor(exchange: Exchange, target: ModelTarget, request: ModelRequest, readAnswer: ReadAnswer) {
    super(exchange, target)
    this.#request = request
    this.#readAnswer = readAnswer
  }

  protected override onAnswerStart(contentType: string): void {
    this.#contentType = contentType
  }

  protected override onAnswerBytes(chunk: Buffer): void {
    if (this.#answer.add(chunk)) return
    this.fail(this.describeBadAnswer(`answered more than ${answerLimitBytes} bytes`))
  }

  protected override onAnswerEnd(): void {
    const bytes = this.#answer.bytes()
    if (this.status >= 300) return this.forwardError(this.#request, this.#contentType, bytes)
    const answer = this.#readAnswer(bytes)
    if (answer === undefined) {
      const kind = this.#contentType.split(';')[0] ?? ''
      const found = kind.includes('json') || kind === '' ? 'text that is not JSON' : kind
      return this.fail(this.describeBadAnswer(`answered with ${found} where JSON was due`))
    }
    this.settle()
    const { output, finishReason, usage } = answer
    const span = this.#describe({ status: 'ok', output, finishReason, usage })
    this.exchange.writeSpan(span, () => {
      const { costNano = 0, costKnown = false } = span
      const body = this.#withCost(bytes, { costNano, costKnown })
      this.exchange.send(200, 'application/json', body, passHeaders(this.providerHeaders))
    })
  }

  protected override onFailure(error: AppError): void {
    const span = this.#describe({ status: 'error', output: '', error })
    this.exchange.writeSpan(span, () => this.exchange.sendError(error))
  }

  protected override onCancelled(): void {
    const error = { code: 'client_closed', message: 'The client went away before the answer.' }
    this.exchange.writeSpan(this.#describe({ status: 'cancelled', output: '', error }), () =>
      this.exchange.count(clientClosedStatus),
    )
  }

  /** Our own processes are told the cost; other clients get the provider's bytes untouched. */
  #withCost(bytes: Buffer, cost: CallCost): Buffer {
    if (this.exchange.caller?.kind !== 'token') return bytes
    const end = bytes.lastIndexOf('}')
    return spliceBody(bytes, [{ start: end, end, text: `,"ratchet":${JSON.stringify(cost)}` }])
  }

  #describe(outcome: ModelOutcome) {
    return describeModelCall(this.exchange, this.#request, this.target, outcome)
  }
}
