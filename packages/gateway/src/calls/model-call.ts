import type { AppError } from '@ratchet/contract'
import type { ChatApi } from '../apis/client-api.ts'
import type { ModelRequest } from '../formats/chat-request.ts'
import { outputGuard, type OutputGuard } from '../guardrails/call-guards.ts'
import { guardsOf, type Guards } from '../guardrails/compile-guards.ts'
import {
  guardInput,
  guardsInput,
  mayRedactInput,
  unreadInput,
  type GuardedInput,
} from '../guardrails/guard-input.ts'
import { GuardStream } from '../guardrails/guard-stream.ts'
import type { Refusal } from '../limits/limited-call.ts'
import { refusalError, refusalHeaders } from '../limits/refusal.ts'
import type { NeutralRequest } from '../neutral/neutral-request.ts'
import type { CompiledRoute, CompiledTarget } from '../routing/compiled-route.ts'
import { hedgeDelayMs } from '../routing/hedge.ts'
import { nextStep } from '../routing/next-step.ts'
import { describeAttempt, readyAt, type Candidate, type PlanContext } from '../routing/plan-targets.ts'
import { PlanWalk } from '../routing/walk-plan.ts'
import type { Progress, SinkHost } from '../sinks/answer-sink.ts'
import { AttemptRun, type RunOwner } from './attempt-run.ts'
import { cachePolicyOf } from './cached/cache-stage.ts'
import { CallCache } from './cached/call-cache.ts'
import { CallFacts } from './call-facts.ts'
import { CallLimits, type LimitedOwner } from './call-limits.ts'
import { CallRecord } from './spans/call-record.ts'
import { CallReview } from './reviews/call-review.ts'
import type { CallCost } from './spans/call-span.ts'
import type { ClientWatcher, Exchange } from './exchange.ts'
import { planCall } from './plan-call.ts'
import { hasReadyCredential, planContext } from './plan-context.ts'
import { nobodyToAsk } from './nobody-to-ask.ts'
import { tellOwn, toldHeaders, type ToldError } from './told-error.ts'

const clientClosedStatus = 499

/**
 * One chat request of a client: from its limits over as many attempts as its route allows to one answer, one error, or
 * a client that went away. Exactly one span tells how it ended; attempts that were not the last one get their own.
 */
export class ModelCall implements RunOwner, ClientWatcher, LimitedOwner {
  readonly exchange: Exchange
  readonly api: ChatApi
  request: ModelRequest
  readonly route: CompiledRoute
  readonly #walk: PlanWalk
  readonly #facts: CallFacts
  readonly limitMs: number
  readonly #deadlineMs: number
  readonly #guards: Guards | undefined
  readonly #output: OutputGuard | undefined
  isChanged = false
  #review: CallReview | undefined
  #neutral: NeutralRequest | undefined
  readonly #record: CallRecord
  #cache: CallCache | undefined
  #limits: CallLimits | undefined
  #runs: AttemptRun[] = []
  #lastTarget: CompiledTarget | undefined
  #previous: { readonly target: CompiledTarget; readonly failure: string } | undefined
  #tries = 0
  #hedges = 0
  #hasSent = false
  /** Guardrails have read what was asked. */
  #isRead = false
  #isOver = false
  #timer: NodeJS.Timeout | undefined
  #hedgeTimer: NodeJS.Timeout | undefined

  constructor(exchange: Exchange, call: { api: ChatApi; request: ModelRequest; route: CompiledRoute }) {
    this.exchange = exchange
    this.api = call.api
    this.request = call.request
    this.route = call.route
    this.#facts = new CallFacts(exchange, call.request, call.route.name)
    const timeoutMs = exchange.timeoutMs()
    this.limitMs = Math.min(timeoutMs, call.route.timeouts.totalMs ?? timeoutMs)
    this.#deadlineMs = performance.now() + this.limitMs
    const { caller, parts } = exchange
    const isOuter = caller !== undefined && !parts.innerModels.isInner(exchange)
    const guards = isOuter ? guardsOf(caller.project).of(call.route.guardrails) : undefined
    this.#guards = guards
    this.#output = call.api.kind === undefined ? outputGuard(guards, call.request.isStream) : undefined
    this.#walk = new PlanWalk(planCall(call.route, this.#facts, parts))
    this.#record = new CallRecord(exchange, call.request, this.#walk.plan)
    if (guards !== undefined && !guardsInput(guards, call)) this.#record.notScanned = call.api.kind
  }

  /** Throws what keeps the call from beginning. */
  start(): void {
    const { current } = this.#walk
    if (current === undefined) throw nobodyToAsk(this.exchange, this.#walk.plan)
    this.#note(current.target)
    this.exchange.owner = this
    if (!this.exchange.parts.limits.isUsed) return this.#begin(current)
    this.#limits = new CallLimits(this, { facts: this.#facts, record: this.#record })
    this.#limits.admit(current)
  }

  /** The limits of the call, or those of the next model, let it go on. */
  onAdmitted(candidate: Candidate): void {
    const headers = this.#record.reservation?.headers(Date.now()) ?? []
    this.exchange.moreHeaders = this.#cache === undefined ? headers : [...headers, ...this.#cache.headers]
    if (this.#record.attempts > 0) this.#try(candidate)
    else this.#begin(candidate)
  }

  /** A full limit of one model leaves the others of the route. */
  onLimited({ target }: Candidate, refusal: Refusal): void {
    const isOfModel = refusal.scope === 'model' || refusal.unpricedModel !== undefined
    const mayFallBack = isOfModel && this.route.fallbackOn.has('rate-limit') && this.#walk.hasNext
    const next = mayFallBack ? this.#walk.advance(this.#context()) : undefined
    if (next !== undefined) {
      this.#note(next.target)
      this.#previous = { target, failure: `limit ${refusal.name}` }
      return this.#limits?.admit(next)
    }
    const error = refusalError(refusal, Date.now())
    const refuse = () => this.#refuse(error, refusalHeaders(refusal))
    const failure = { run: undefined, told: tellOwn(this.api, error), why: error.message }
    if (this.#review?.giveHeld(failure, refuse) !== true) refuse()
  }

  /** Guardrails on what was asked come before anybody is. */
  #begin(current: Candidate): void {
    const guards = this.#guards
    if (guards === undefined || !guardsInput(guards, this)) return this.#look(current)
    const signal = AbortSignal.timeout(this.remainingMs())
    guardInput(this.exchange, this, { guards, signal }).then(
      (guarded) => this.exchange.guard(() => this.#onGuarded(guarded, current)),
      (error: unknown) => this.exchange.guard(() => this.#refuse(this.exchange.asAppError(error), [])),
    )
  }

  #onGuarded({ neutral, request, shown, error }: GuardedInput, current: Candidate): void {
    if (this.#isOver) return
    this.#isRead = true
    if (neutral !== undefined) this.#change(neutral)
    if (request !== undefined) this.request = request
    if (shown !== undefined) this.exchange.shownInput = shown
    if (error === undefined) return this.#look(current)
    this.#refuse(error, [])
  }

  /** What the cache has need not be asked for. */
  #look(current: Candidate): void {
    const policy = cachePolicyOf(this, this.route)
    if (policy === undefined) return this.#try(current)
    this.#cache = new CallCache({
      call: this,
      policy,
      plan: this.#walk.plan,
      record: this.#record,
      target: current.target,
      review: this.#output?.kind === 'whole' ? this.#reviews().reviewing() : undefined,
      onOver: () => this.#end(),
      ask: () => this.#try(current),
      refuse: (error) => this.#refuse(error, []),
    })
    this.#cache.start()
  }

  get isKept(): boolean {
    return this.#cache?.isKept === true
  }

  get dropUnsupported(): boolean {
    return (
      this.route.dropUnsupported || this.exchange.request.headers['x-ratchet-drop-unsupported'] === 'true'
    )
  }

  get wantsLogprobs(): boolean {
    return this.#walk.plan.checks.some(({ type }) => type === 'confidence')
  }

  get readsAnswers(): boolean {
    return this.#output !== undefined || this.route.fallbackOn.has('content-filter')
  }

  neutral(): NeutralRequest {
    return (this.#neutral ??= this.api.codec.readRequest(this.request.json, this.api.path))
  }

  remainingMs(): number {
    return Math.max(1, Math.ceil(this.#deadlineMs - performance.now()))
  }

  reviewOf(run: AttemptRun): SinkHost['review'] {
    return run.candidate.isChecked || this.#output?.kind === 'whole'
      ? (answer, done) => this.#reviews().start(run, answer, done)
      : undefined
  }

  guardOf(): GuardStream | undefined {
    return this.#output?.kind === 'stream' ? new GuardStream(this.exchange, this.#output.rules) : undefined
  }

  onCommit(run: AttemptRun): void {
    this.#hasSent = true
    this.#cancelOthers(run)
  }

  onSucceeded(run: AttemptRun, progress: Progress, write: (cost: CallCost) => void): void {
    if (this.#isOver) return
    this.#cancelOthers(run)
    this.#end()
    const span = this.#record.describe(run.candidate.target, { ...progress, status: 'ok' }, { run })
    const { costNano = 0, costKnown = false } = span
    this.#record.settle(span)
    const keep = this.#cache?.keeper(run, progress, span)
    this.exchange.writeSpan(span, () => {
      write({ costNano, costKnown })
      keep?.()
    })
  }

  onFailed(run: AttemptRun, told: ToldError): void {
    this.#runs = this.#runs.filter((each) => each !== run)
    if (this.#isOver) return
    if (this.#runs.length > 0) return this.#record.writeFailed(run, told, 'another attempt is running')
    clearTimeout(this.#hedgeTimer)
    const { target } = run.candidate
    const context = this.#context()
    const asked = this.#askNow(told, context)
    if (asked !== undefined) {
      this.#previous = { target, failure: told.message }
      if (this.#review?.isHeld(run) === true) this.#record.hold(run, told)
      else this.#record.writeFailed(run, told, told.askNow ?? '')
      this.#tries = 0
      return this.#try(asked)
    }
    const step = nextStep(this.route, told.failure, {
      tries: this.#tries,
      hasSent: this.#hasSent,
      isRepeatable: true,
      hasReadyCredential: hasReadyCredential(this.exchange.parts, target, context.nowMs),
      isTargetReady: readyAt(target, context) <= context.nowMs,
      hasNextTarget: this.#walk.hasNext,
      remainingMs: this.#deadlineMs - performance.now(),
      random: Math.random,
    })
    if (step.kind === 'give-up') return this.#fail(run, told, step.reason)
    this.#previous = { target, failure: told.failure.kind ?? told.code }
    const next = step.kind === 'retry' ? this.#walk.current : this.#walk.advance(context)
    if (next === undefined) return this.#fail(run, told, 'no target left')
    this.#record.writeFailed(run, told, step.kind)
    if (step.kind === 'next-target') this.#tries = 0
    const delayMs = step.kind === 'retry' ? step.delayMs : 0
    if (delayMs === 0) return this.#try(next)
    this.#timer = setTimeout(() => this.exchange.guard(() => this.#try(next)), delayMs)
  }

  onClientGone(): void {
    this.#limits?.leave()
    const [run] = this.#runs
    for (const each of this.#runs) each.cancel('the client went away')
    this.#cache?.cancel()
    this.#end()
    const target = run?.candidate.target ?? this.#lastTarget
    if (target === undefined) return this.exchange.count(clientClosedStatus)
    this.#hideUnread()
    const span = this.#record.describeGone(target, run)
    if (this.#record.attempts > 0) this.#record.settle(span)
    else this.#record.reservation?.release()
    this.exchange.writeSpan(span, () =>
      run === undefined ? this.exchange.count(clientClosedStatus) : run.closeAnswer(),
    )
  }

  /** Who is asked after an answer that came and was not taken. */
  #askNow({ askNow }: ToldError, context: PlanContext): Candidate | undefined {
    if (askNow === 'again') return this.#walk.current
    return askNow === 'next' && this.#walk.hasNext ? this.#walk.advance(context) : undefined
  }

  #try(candidate: Candidate): void {
    if (this.#isOver) return
    this.#note(candidate.target)
    if (this.#record.reservation?.holds(candidate.target.name) === false)
      return this.#limits?.admit(candidate)
    this.#tries += 1
    this.#record.attempts += 1
    const run = new AttemptRun(this, candidate, describeAttempt(candidate, this.#previous))
    this.#runs.push(run)
    if (this.route.hedgeAfterMs !== undefined && this.#hedges === 0) this.#planHedge()
    run.start()
  }

  /** Made when an answer has to be looked at. */
  #reviews(): CallReview {
    return (this.#review ??= new CallReview({
      exchange: this.exchange,
      api: this.api,
      plan: this.#walk.plan,
      record: this.#record,
      output: this.#output,
      isOver: () => this.#isOver,
      neutral: () => this.neutral(),
      remainingMs: () => this.remainingMs(),
      change: (request) => this.#change(request),
    }))
  }

  /** From here on this is what models are asked, and what traces show. */
  #change(request: NeutralRequest): void {
    this.#neutral = request
    this.isChanged = true
  }

  #planHedge(): void {
    const context = this.#context()
    const next = this.#walk.peekNext(context)
    const delayMs = hedgeDelayMs(this.route, {
      next,
      isNextHealthy:
        next !== undefined &&
        (this.exchange.parts.health.peek(next.target.healthKey)?.state ?? 'closed') === 'closed',
      hedges: this.#hedges,
      hasAnswerBegun: this.#hasSent,
      isRepeatable: true,
      waitedMs: 0,
      remainingMs: this.#deadlineMs - performance.now(),
    })
    if (delayMs === undefined) return
    this.#hedgeTimer = setTimeout(() => this.exchange.guard(() => this.#hedge()), delayMs)
  }

  #hedge(): void {
    if (this.#isOver || this.#hasSent || this.#runs.length !== 1) return
    const next = this.#walk.peekNext(this.#context())
    if (next === undefined || this.#limits?.mayJoin(next) === false) return
    this.#walk.advance(this.#context())
    this.#hedges += 1
    this.#record.attempts += 1
    const run = new AttemptRun(this, next, `hedge: nothing after ${this.route.hedgeAfterMs} ms`)
    this.#runs.push(run)
    run.start()
  }

  #cancelOthers(winner: AttemptRun): void {
    if (this.#runs.length < 2) return
    for (const run of this.#runs) {
      if (run === winner) continue
      const progress = run.progress()
      run.cancel('another answer was faster')
      const error = { code: 'hedged', message: `${winner.candidate.target.name} answered first.` }
      this.#record.writeAttempt(run, { ...progress, status: 'cancelled', error }, 'another answer was faster')
    }
    this.#runs = [winner]
  }

  #fail(run: AttemptRun, told: ToldError, why: string): void {
    const isGiven =
      !this.#hasSent && this.#review?.giveHeld({ run, told, why }, () => this.#fail(run, told, why)) === true
    if (isGiven) return
    this.#end()
    const span = this.#record.describeFailure(run, told, why)
    this.#record.settle(span)
    this.exchange.writeSpan(span, () => {
      if (this.#hasSent) return run.failAnswer(told)
      this.exchange.send(told.status, 'application/json', told.body, toldHeaders(told))
    })
  }

  #hideUnread(): void {
    if (!this.#isRead && mayRedactInput(this.#guards, this)) this.exchange.shownInput = unreadInput
  }

  #refuse(error: AppError, headers: readonly string[]): void {
    this.#end()
    const target = this.#lastTarget
    if (target === undefined) return this.exchange.sendError(error, headers)
    this.#hideUnread()
    const span = this.#record.describe(target, { status: 'error', output: '', error })
    if (this.#record.attempts > 0) this.#record.settle(span)
    else this.#record.reservation?.release()
    this.exchange.writeSpan(span, () => this.exchange.sendError(error, headers))
  }

  /** Who is asked, for metrics and the access log. */
  #note(target: CompiledTarget): void {
    this.exchange.connection = target.connection.name
    this.exchange.model = target.name
    this.#lastTarget = target
  }

  #end(): void {
    this.#isOver = true
    this.exchange.owner = undefined
    clearTimeout(this.#timer)
    clearTimeout(this.#hedgeTimer)
  }

  #context(): PlanContext {
    return planContext(this.exchange.parts)
  }
}
