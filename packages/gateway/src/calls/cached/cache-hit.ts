import type { AppError } from '@ratchet/contract'
import { KeptAttempt } from '../../attempts/kept-attempt.ts'
import { readEmbeddingAnswer } from '../../formats/embedding-answer.ts'
import type { GuardStream } from '../../guardrails/guard-stream.ts'
import type { NeutralAnswer } from '../../neutral/neutral-answer.ts'
import type { NeutralRequest } from '../../neutral/neutral-request.ts'
import type { CompiledTarget } from '../../routing/compiled-route.ts'
import type { AnswerSink, Progress, SinkHost } from '../../sinks/answer-sink.ts'
import { makeSink } from '../../sinks/make-sink.ts'
import { PassPlainSink } from '../../sinks/pass-plain.ts'
import type { Review } from '../reviews/answer-review.ts'
import type { CacheOwner, FoundAnswer } from './cache-stage.ts'
import { withCallerFields } from '../caller-fields.ts'
import type { CallCost } from '../spans/call-span.ts'
import type { Exchange } from '../exchange.ts'

/** What a hit needs of the call that it answers; told exactly one of the last three. */
export type HitParts = {
  readonly call: Pick<CacheOwner, 'exchange' | 'api' | 'request' | 'neutral'>
  /** Who would have been asked. */
  readonly target: CompiledTarget
  readonly guard: GuardStream | undefined
  readonly review: ((answer: NeutralAnswer, tell: (review: Review) => void) => void) | undefined
  readonly onSent: (progress: Progress, write: (cost: CallCost) => void) => void
  /** Guardrails refuse it; `end` answers the client with that. */
  readonly onBlocked: (error: AppError, end: () => void) => void
  /** It cannot be given: the model is to be asked. */
  readonly onUseless: () => void
}

/** Gives a kept answer to the client as if it came from a provider: same sinks, same guardrails. */
export class CacheHit implements SinkHost {
  readonly found: FoundAnswer
  readonly isKept = false
  readonly toolNames = undefined
  readonly guard: GuardStream | undefined
  readonly review: SinkHost['review']
  readonly #parts: HitParts
  #sink: AnswerSink | undefined
  #hasSent = false
  #isOver = false

  constructor(found: FoundAnswer, parts: HitParts) {
    this.found = found
    this.#parts = parts
    this.guard = parts.guard
    this.review = parts.review === undefined ? undefined : (answer, done) => this.#review(answer, done)
  }

  get exchange(): Exchange {
    return this.#parts.call.exchange
  }

  get api(): SinkHost['api'] {
    return this.#parts.call.api
  }

  get request(): SinkHost['request'] {
    return this.#parts.call.request
  }

  neutral(): NeutralRequest {
    return this.#parts.call.neutral()
  }

  start(): void {
    const { api, request } = this
    const attempt = new KeptAttempt(this.#parts.target, api.format)
    this.#sink =
      api.kind === undefined
        ? makeSink(this, attempt, false)
        : new PassPlainSink(this, attempt, readKeptVectors)
    const { body } = this.found.answer
    const isResponse = api.kind === undefined && api.format === 'openai-responses'
    this.#sink.bytes(isResponse ? withCallerFields(body, request.json, api.ownFields?.()) : body)
    this.#sink.end()
  }

  /** The client went away. */
  cancel(): void {
    this.#isOver = true
    this.guard?.write()
    this.#sink?.close()
  }

  commit(): void {
    this.#hasSent = true
  }

  succeeded(progress: Progress, write: (cost: CallCost) => void): void {
    if (this.#isOver) return
    this.#isOver = true
    this.api.answered?.(undefined)
    this.#parts.onSent(progress, write)
  }

  broke(error: AppError): void {
    if (this.#isOver) return
    this.#isOver = true
    this.guard?.write()
    // A body that cannot be read any more must not be the reason that a call fails.
    if (error.code !== 'guardrail_blocked' && !this.#hasSent) return this.#parts.onUseless()
    this.#parts.onBlocked(error, () => {
      if (this.#hasSent) this.#sink?.fail(error.status, this.api.errorBody(error))
      else this.exchange.sendError(error)
    })
  }

  /** Never told: a whole answer holds no failure. */
  refused(): void {}

  /** What guardrails would have a model asked for again is asked for. */
  #review(answer: NeutralAnswer, done: (answer: NeutralAnswer) => void): void {
    this.#parts.review?.(answer, (review) => {
      if (this.#isOver) return
      if (review.kind === 'taken') return done(review.answer)
      if (review.kind === 'blocked') return this.broke(review.error)
      this.#isOver = true
      this.#parts.onUseless()
    })
  }
}

/** Other formats than OpenAI's are not looked into: the trace says how large they are. */
function readKeptVectors(body: Buffer) {
  const output = JSON.stringify({ bytes: body.length })
  return readEmbeddingAnswer(body) ?? { output, finishReason: '', usage: undefined }
}
