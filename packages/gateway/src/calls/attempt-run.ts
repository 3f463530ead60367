import type { AppError, FailureKind } from '@ratchet/contract'
import type { ChatApi } from '../apis/client-api.ts'
import type { Attempt, AttemptListener } from '../attempts/attempt.ts'
import { startAttempt } from '../attempts/start-attempt.ts'
import type { GuardStream } from '../guardrails/guard-stream.ts'
import type { NeutralAnswer, NeutralError } from '../neutral/neutral-answer.ts'
import type { NeutralRequest } from '../neutral/neutral-request.ts'
import type { ModelRequest } from '../formats/chat-request.ts'
import type { TargetHealth } from '../routing/health/target-health.ts'
import type { Candidate } from '../routing/plan-targets.ts'
import { makeSink } from '../sinks/make-sink.ts'
import type { AnswerSink, Progress, SinkHost } from '../sinks/answer-sink.ts'
import { unlistedHint } from './resolve-model.ts'
import type { CallCost } from './spans/call-span.ts'
import type { Exchange } from './exchange.ts'
import { tellBreak, tellEvent, tellOwn, tellRefusal, type ToldError } from './told-error.ts'

/** What an attempt needs of the call that it belongs to. */
export type RunOwner = {
  readonly exchange: Exchange
  readonly api: ChatApi
  readonly request: ModelRequest
  readonly neutral: () => NeutralRequest
  readonly dropUnsupported: boolean
  readonly wantsLogprobs: boolean
  /** A cache wants the answer when it was sent. */
  readonly isKept: boolean
  /** Every answer must be read: it is kept, checked, or may be refused for what it says. */
  readonly readsAnswers: boolean
  /** Time for the whole call, and what is left of it. */
  readonly limitMs: number
  readonly remainingMs: () => number
  /** A new one for each attempt, when streams are checked while they pass. */
  readonly guardOf: () => GuardStream | undefined
  /** The request is not what the client wrote any more. */
  readonly isChanged: boolean
  readonly reviewOf: (
    run: AttemptRun,
  ) => ((answer: NeutralAnswer, done: (answer: NeutralAnswer) => void) => void) | undefined
  /** Bytes of this attempt's answer leave for the client now. */
  readonly onCommit: (run: AttemptRun) => void
  readonly onSucceeded: (run: AttemptRun, progress: Progress, write: (cost: CallCost) => void) => void
  readonly onFailed: (run: AttemptRun, told: ToldError) => void
}

/** One attempt with everything that has to be told about how it went: health, credential, sink, span. */
export class AttemptRun implements AttemptListener, SinkHost {
  readonly candidate: Candidate
  /** For its span. */
  readonly reason: string
  readonly startUs: number
  readonly startMs = performance.now()
  readonly review: SinkHost['review']
  readonly guard: GuardStream | undefined
  dropped: readonly string[] = []
  toolNames: ReadonlyMap<string, string> | undefined
  credentialId: string | undefined
  /** A review has changed the answer. */
  isAltered = false
  /** Its answer was rejected and is given all the same; `why`: of the others, nobody had a better one. */
  takenBack: { readonly rejectedFor: string; readonly why: string } | undefined
  readonly #owner: RunOwner
  readonly #health: TargetHealth
  readonly #ticket: number
  #attempt: Attempt | undefined
  #sink: AnswerSink | undefined
  #isOver = false

  constructor(owner: RunOwner, candidate: Candidate, reason: string) {
    this.#owner = owner
    this.candidate = candidate
    this.reason = reason
    const { parts } = owner.exchange
    this.startUs = parts.clock.nowUs()
    this.#health = parts.health.of(candidate.target.healthKey, this.startMs)
    this.#ticket = this.#health.begin(this.startMs)
    this.review = owner.reviewOf(this)
    this.guard = owner.guardOf()
  }

  get exchange(): Exchange {
    return this.#owner.exchange
  }

  get api(): ChatApi {
    return this.#owner.api
  }

  get request(): ModelRequest {
    return this.#owner.request
  }

  get isKept(): boolean {
    return this.#owner.isKept
  }

  neutral(): NeutralRequest {
    return this.#owner.neutral()
  }

  /** Sends the request. What goes wrong is told like every other failure. */
  start(): void {
    try {
      this.#attempt = startAttempt(this, this.#owner)
    } catch (error) {
      this.#fail(tellOwn(this.api, this.exchange.asAppError(error)), undefined)
    }
  }

  progress(): Progress {
    return this.#sink?.progress() ?? { output: '' }
  }

  get httpStatus(): number {
    return this.#attempt?.answerStatus ?? 0
  }

  /** Ends the answer that has begun with an error. */
  failAnswer(told: ToldError): void {
    this.#sink?.fail(told.status, told.body)
  }

  closeAnswer(): void {
    this.#sink?.close()
  }

  /** Another answer was faster, or the client is gone. */
  cancel(reason: string): void {
    if (this.#isOver) return
    this.#isOver = true
    this.guard?.write()
    this.#health.cancelled(this.#ticket, performance.now())
    this.#attempt?.cancel(reason)
  }

  /** For attempts that need time before they can be sent. */
  failStart(error: AppError): void {
    this.#fail(tellOwn(this.api, error), undefined)
  }

  get isOver(): boolean {
    return this.#isOver
  }

  onAnswer(attempt: Attempt): void {
    const nowMs = performance.now()
    if (this.request.isStream) this.#health.firstToken.observe(nowMs - this.startMs, nowMs)
    this.#sink = makeSink(this, attempt, this.#owner.readsAnswers)
  }

  onBytes(_attempt: Attempt, chunk: Buffer): void {
    this.#sink?.bytes(chunk)
  }

  onEnd(): void {
    this.#sink?.end()
  }

  onRefused(attempt: Attempt, body: Buffer): void {
    const hint =
      attempt.answerStatus === 404
        ? unlistedHint(this.exchange, this.candidate.target, this.request.model)
        : ''
    this.#fail(tellRefusal(this.api, attempt, { body, hint }), attempt)
  }

  onBroken(attempt: Attempt, error: AppError): void {
    this.#fail(tellBreak(this.api, error, attempt.answerStatus > 0), attempt)
  }

  commit(): void {
    this.#owner.onCommit(this)
  }

  succeeded(progress: Progress, write: (cost: CallCost) => void): void {
    if (this.takenBack !== undefined) return this.#owner.onSucceeded(this, progress, write)
    if (this.#isOver) return
    this.#isOver = true
    this.#attempt?.finish()
    const nowMs = performance.now()
    this.#health.succeeded(this.#ticket, nowMs)
    this.#health.total.observe(nowMs - this.startMs, nowMs)
    const { target } = this.candidate
    if (this.credentialId !== undefined)
      this.exchange.parts.credentials.of(target.connection).succeeded(this.credentialId, target.model)
    this.api.answered?.(target)
    this.#owner.onSucceeded(this, progress, write)
  }

  broke(error: AppError): void {
    const attempt = this.#attempt
    attempt?.cancel(error.message)
    this.#fail(tellBreak(this.api, error, true), attempt)
  }

  refused(error: NeutralError): void {
    const attempt = this.#attempt
    if (attempt === undefined) return
    attempt.finish()
    this.#fail(tellEvent(this.api, attempt, error), attempt)
  }

  /** Its rejected answer is the one that the client gets: from here on it can succeed again. */
  takeBack(how: { readonly rejectedFor: string; readonly why: string }): void {
    this.takenBack = how
  }

  /** Its answer did not pass a check: the next one is asked. */
  reject(told: ToldError): void {
    this.#attempt?.finish()
    this.#fail(told, this.#attempt)
  }

  #fail(told: ToldError, attempt: Attempt | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    this.guard?.write()
    const nowMs = performance.now()
    const { kind, retryAfterMs } = told.failure
    // A request that is itself at fault was answered as well as it could be.
    if (attempt === undefined) this.#health.cancelled(this.#ticket, nowMs)
    else if (kind === undefined || told.askNow !== undefined) this.#health.succeeded(this.#ticket, nowMs)
    else {
      this.#health.failed(this.#ticket, kind, nowMs)
      if (retryAfterMs !== undefined && this.#isAskedToRest(kind)) this.#health.restFor(retryAfterMs, nowMs)
    }
    if (this.credentialId !== undefined && (kind === 'rate-limit' || kind === 'credential')) {
      const { connection, model } = this.candidate.target
      const failure = kind === 'credential' ? ({ kind } as const) : ({ kind, model, retryAfterMs } as const)
      this.exchange.parts.credentials.of(connection).failed(this.credentialId, failure, nowMs)
    }
    this.#owner.onFailed(this, told)
  }

  /** A limit is that of the credential, which rests by itself; all else that says when to come back is the target's. */
  #isAskedToRest(kind: FailureKind): boolean {
    return restingKinds.has(kind) && !(kind === 'rate-limit' && this.credentialId !== undefined)
  }
}

const restingKinds: ReadonlySet<FailureKind> = new Set([
  'rate-limit',
  'overloaded',
  'server-error',
  'timeout',
])
