import { AppError, type ModelPrice } from '@ratchet/contract'
import type { ChatApi } from '../apis/client-api.ts'
import type { ModelRequest } from '../formats/chat-request.ts'
import type { Admitted, Refused, Reservation, Ticket, Waiter } from '../limits/limited-call.ts'
import { refusalError, refusalHeaders } from '../limits/refusal.ts'
import type { NeutralAnswer } from '../neutral/neutral-answer.ts'
import type { NeutralRequest } from '../neutral/neutral-request.ts'
import type { CompiledRoute, CompiledTarget } from '../routing/compiled-route.ts'
import { hedgeDelayMs } from '../routing/hedge.ts'
import { nextStep } from '../routing/next-step.ts'
import { describeAttempt, type Candidate, type PlanContext } from '../routing/plan-targets.ts'
import { savedCostNano } from '../routing/saved-cost.ts'
import { PlanWalk } from '../routing/walk-plan.ts'
import type { Progress, SinkHost } from '../sinks/answer-sink.ts'
import { AttemptRun, type RunOwner } from './attempt-run.ts'
import { describeAttemptSpan } from './attempt-span.ts'
import { CallFacts } from './call-facts.ts'
import { reviewCascade } from './cascade-review.ts'
import type { CallCost, CallSpan } from './call-span.ts'
import { estimateUse } from './estimate-use.ts'
import type { ClientWatcher, Exchange } from './exchange.ts'
import { describeModelCall, type ModelOutcome } from './model-span.ts'
import { planCall } from './plan-call.ts'
import { modelNotFound } from './resolve-model.ts'
import { tellRejection, type ToldError } from './told-error.ts'

const clientClosedStatus = 499
const clientGone = { code: 'client_closed', message: 'The client went away during the answer.' }

/**
 * One chat request of a client: from its limits over as many attempts as its route allows to one answer, one error, or
 * a client that went away. Exactly one span tells how it ended; attempts that were not the last one get their own.
 */
export class ModelCall implements RunOwner, ClientWatcher, Waiter {
  readonly exchange: Exchange
  readonly api: ChatApi
  readonly request: ModelRequest
  readonly route: CompiledRoute
  readonly #walk: PlanWalk
  readonly #facts: CallFacts
  readonly #deadlineMs: number
  #neutral: NeutralRequest | undefined
  #reservation: Reservation | undefined
  #ticket: Ticket | undefined
  #runs: AttemptRun[] = []
  #lastTarget: CompiledTarget | undefined
  #previous: { readonly target: CompiledTarget; readonly failure: string } | undefined
  #tries = 0
  #attempts = 0
  #hedges = 0
  #spentNano = 0
  #hasSent = false
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
    this.#deadlineMs = performance.now() + Math.min(timeoutMs, call.route.timeouts.totalMs ?? timeoutMs)
    this.#walk = new PlanWalk(planCall(call.route, this.#facts, this.#context()))
  }

  /** Throws what keeps the call from beginning. */
  start(): void {
    const { current } = this.#walk
    if (current === undefined) throw this.#nobodyToAsk()
    this.exchange.connection = current.target.connection.name
    this.#lastTarget = current.target
    this.exchange.owner = this
    const { limits } = this.exchange.parts
    if (!limits.isUsed) return this.#try(current)
    const subjects = this.exchange.limitSubjects(current.target.name, this.route.name)
    const admission = limits.begin(
      subjects,
      estimateUse(this.request, this.#facts, current.target),
      Date.now(),
    )
    if (admission.ok !== 'later') return this.onAdmission(admission)
    this.#ticket = admission.ticket
    admission.ticket.wait(this)
  }

  onAdmission(admission: Admitted | Refused): void {
    this.#ticket = undefined
    if (!admission.ok)
      return this.#refuse(refusalError(admission.refusal, Date.now()), refusalHeaders(admission.refusal))
    this.#reservation = admission.reservation
    this.exchange.moreHeaders = admission.reservation.headers(Date.now())
    const { current } = this.#walk
    if (current !== undefined) this.#try(current)
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
    return this.route.fallbackOn.has('content-filter')
  }

  readonly neutral = (): NeutralRequest =>
    (this.#neutral ??= this.api.codec.readRequest(this.request.json, this.api.path))

  readonly remainingMs = (): number => Math.max(1, Math.ceil(this.#deadlineMs - performance.now()))

  readonly reviewOf = (run: AttemptRun): SinkHost['review'] =>
    run.candidate.isChecked ? (answer, done) => this.#review(run, answer, done) : undefined

  readonly onCommit = (run: AttemptRun): void => {
    this.#hasSent = true
    this.#cancelOthers(run)
  }

  readonly onSucceeded = (run: AttemptRun, progress: Progress, write: (cost: CallCost) => void): void => {
    if (this.#isOver) return
    this.#cancelOthers(run)
    this.#end()
    const span = this.#describe(run.candidate.target, {
      ...progress,
      status: 'ok',
      attributes: this.#notes(run),
    })
    const { costNano = 0, costKnown = false } = span
    this.#settle(span)
    this.exchange.writeSpan(this.#withSaving(span), () => write({ costNano, costKnown }))
  }

  readonly onFailed = (run: AttemptRun, told: ToldError): void => {
    this.#runs = this.#runs.filter((each) => each !== run)
    if (this.#isOver) return
    if (this.#runs.length > 0) return this.#writeAttempt(run, told, 'another attempt is running')
    clearTimeout(this.#hedgeTimer)
    const { target } = run.candidate
    const context = this.#context()
    if (told.isRejected === true && this.#walk.hasNext) {
      this.#previous = { target, failure: told.message }
      this.#writeAttempt(run, told, 'next-target')
      this.#tries = 0
      const next = this.#walk.advance(context)
      return next === undefined ? this.#fail(run, told, 'no target left') : this.#try(next)
    }
    const step = nextStep(this.route, told.failure, {
      tries: this.#tries,
      hasSent: this.#hasSent,
      isRepeatable: true,
      hasReadyCredential: this.#hasReadyCredential(target, context),
      isTargetReady: this.exchange.parts.health.readyAtMs(target.healthKey, context.nowMs) <= context.nowMs,
      hasNextTarget: this.#walk.hasNext,
      remainingMs: this.#deadlineMs - performance.now(),
      random: Math.random,
    })
    if (step.kind === 'give-up') return this.#fail(run, told, step.reason)
    this.#previous = { target, failure: told.failure.kind ?? told.code }
    const next = step.kind === 'retry' ? this.#walk.current : this.#walk.advance(context)
    if (next === undefined) return this.#fail(run, told, 'no target left')
    this.#writeAttempt(run, told, step.kind)
    if (step.kind === 'next-target') this.#tries = 0
    const delayMs = step.kind === 'retry' ? step.delayMs : 0
    if (delayMs === 0) return this.#try(next)
    this.#timer = setTimeout(() => this.exchange.guard(() => this.#try(next)), delayMs)
  }

  onClientGone(): void {
    this.#ticket?.leave()
    const [run] = this.#runs
    const progress = run?.progress()
    const isReached = run !== undefined
    for (const each of this.#runs) each.cancel('the client went away')
    this.#end()
    const target = run?.candidate.target ?? this.#lastTarget
    if (target === undefined) return this.exchange.count(clientClosedStatus)
    const outcome: ModelOutcome = {
      ...(progress ?? { output: '' }),
      status: 'cancelled',
      error: clientGone,
      attributes: this.#notes(run),
    }
    const span = this.#describe(target, outcome)
    if (isReached) this.#settle(span)
    else this.#reservation?.release()
    this.exchange.writeSpan(span, () =>
      run === undefined ? this.exchange.count(clientClosedStatus) : run.closeAnswer(),
    )
  }

  #try(candidate: Candidate): void {
    if (this.#isOver) return
    const { connection } = candidate.target
    this.exchange.connection = connection.name
    this.#lastTarget = candidate.target
    this.#tries += 1
    this.#attempts += 1
    const run = new AttemptRun(this, candidate, describeAttempt(candidate, this.#previous))
    this.#runs.push(run)
    if (this.route.hedgeAfterMs !== undefined && this.#hedges === 0) this.#planHedge()
    run.start()
  }

  /** A check that fails, or cannot be made, sends the request on to the next model. */
  #review(run: AttemptRun, answer: NeutralAnswer, done: (answer: NeutralAnswer) => void): void {
    const { checks } = this.#walk.plan
    const subject = { answer, request: this.neutral(), remainingMs: this.remainingMs() }
    const reject = (reason: string) => {
      const message = `The answer of ${run.candidate.target.name} was not taken: ${reason}.`
      run.reject(tellRejection(this.api, new AppError('provider_error', { message })))
    }
    reviewCascade(this.exchange, checks, subject).then(
      (verdict) => this.exchange.guard(() => (verdict.passed ? done(answer) : reject(verdict.reason))),
      (error: unknown) => this.exchange.guard(() => reject(this.exchange.asAppError(error).message)),
    )
  }

  #planHedge(): void {
    const context = this.#context()
    const next = this.#walk.peekNext(context)
    const delayMs = hedgeDelayMs(this.route, {
      next,
      isNextHealthy:
        next !== undefined && this.exchange.parts.health.peek(next.target.healthKey)?.state !== 'open',
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
    const next = this.#walk.advance(this.#context())
    if (next === undefined) return
    this.#hedges += 1
    this.#attempts += 1
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
      this.#writeInner(run, { ...progress, status: 'cancelled', error }, 'another answer was faster')
    }
    this.#runs = [winner]
  }

  #fail(run: AttemptRun, told: ToldError, why: string): void {
    this.#end()
    const { code, message, status, body, headers } = told
    const outcome: ModelOutcome = {
      ...run.progress(),
      status: 'error',
      error: { code, message },
      ...(run.httpStatus > 0 ? { httpStatus: run.httpStatus } : {}),
      attributes: this.#notes(run, why),
    }
    const span = this.#describe(run.candidate.target, outcome)
    this.#settle(span)
    this.exchange.writeSpan(span, () => {
      if (this.#hasSent) return run.failAnswer(told)
      this.exchange.send(status, 'application/json', body, [...headers, ...retryHeader(status, headers)])
    })
  }

  #refuse(error: AppError, headers: readonly string[]): void {
    this.#end()
    const target = this.#lastTarget
    if (target === undefined) return this.exchange.sendError(error, headers)
    const span = this.#describe(target, {
      status: 'error',
      output: '',
      error,
      attributes: this.#notes(undefined),
    })
    this.exchange.writeSpan(span, () => this.exchange.sendError(error, headers))
  }

  #describe(target: CompiledTarget, outcome: ModelOutcome): CallSpan {
    return describeModelCall(this.exchange, this.request, target, outcome)
  }

  #writeAttempt(run: AttemptRun, told: ToldError, then: string): void {
    const { code, message } = told
    this.#writeInner(run, { ...run.progress(), status: 'error', error: { code, message } }, then)
  }

  #writeInner(run: AttemptRun, outcome: ModelOutcome, then: string): void {
    const span = describeAttemptSpan(this.#describe(run.candidate.target, outcome), run, {
      number: this.#attempts,
      then,
    })
    this.#spentNano += span.costNano ?? 0
    const durationUs = Math.max(0, Math.round((performance.now() - run.startMs) * 1000))
    this.exchange.writeInnerSpan(span, { startUs: run.startUs, durationUs })
  }

  /** What the span says about routing, when there is something to say. */
  #notes(run: AttemptRun | undefined, why = ''): string {
    let text = ''
    if (this.route.name !== '') {
      text += `,"route":${JSON.stringify(this.route.name)},"branch":${JSON.stringify(this.#walk.plan.branch)}`
      if (run !== undefined) text += `,"reason":${JSON.stringify(run.reason)}`
    }
    if (this.#attempts > 1) text += `,"attempts":${this.#attempts}`
    if (this.#attempts > 1 && why !== '') text += `,"gave_up":${JSON.stringify(why)}`
    if (run !== undefined && run.dropped.length > 0) text += `,"dropped":${JSON.stringify(run.dropped)}`
    return text
  }

  #withSaving(span: CallSpan): CallSpan {
    const baseline: ModelPrice | undefined = this.route.baseline?.price
    if (baseline === undefined || span.usage === undefined || span.attributes === undefined) return span
    const spentNano = this.#spentNano + (span.costNano ?? 0)
    const saved = savedCostNano({ usage: span.usage, spentNano, baseline })
    if (saved === undefined) return span
    return { ...span, attributes: `${span.attributes.slice(0, -1)},"saved_nano":${saved}}` }
  }

  #settle(span: CallSpan): void {
    const { usage, costNano = 0 } = span
    const tokens = usage === undefined ? 0 : usage.inputTokens + usage.outputTokens
    this.#reservation?.settle({ tokens, costNano: costNano + this.#spentNano })
  }

  #end(): void {
    this.#isOver = true
    this.exchange.owner = undefined
    clearTimeout(this.#timer)
    clearTimeout(this.#hedgeTimer)
  }

  #hasReadyCredential(target: CompiledTarget, { nowMs }: PlanContext): boolean {
    const { connection, model } = target
    if (connection.credentials.length < 2) return false
    return this.exchange.parts.credentials.of(connection).readyAtMs(model, nowMs) === 0
  }

  #context(): PlanContext {
    const { health, credentials } = this.exchange.parts
    return {
      health,
      nowMs: performance.now(),
      random: Math.random,
      credentialsReadyAtMs: ({ connection, model }, nowMs) =>
        connection.credentials.length < 2 ? 0 : credentials.of(connection).readyAtMs(model, nowMs),
    }
  }

  #nobodyToAsk(): AppError {
    const { caller, environment } = this.exchange
    const { branch, route } = this.#walk.plan
    if (caller === undefined || route.name === '')
      return new AppError('unavailable', { message: 'There is nobody to ask.' })
    if (route.problems.length === 0 && branch === 'targets')
      return modelNotFound(caller.project, route.name, environment)
    return new AppError('model_not_found', {
      message:
        `The route "${route.name}" has no target for this request (${branch}). ${route.problems.join(' ')}`.trim(),
      details: { param: 'model', model: route.name, branch },
    })
  }
}

function retryHeader(status: number, headers: readonly string[]): readonly string[] {
  return status === 503 && !headers.includes('retry-after') ? ['retry-after', '1'] : []
}
