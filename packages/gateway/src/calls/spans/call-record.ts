import type { AnswerFacts } from '../../cache/cached-answer.ts'
import type { ModelRequest } from '../../formats/chat-request.ts'
import type { HeldLimits } from '../../limits/held-limits.ts'
import type { CallUse } from '../../limits/limit-subjects.ts'
import type { CompiledRoute, CompiledTarget } from '../../routing/compiled-route.ts'
import type { Plan } from '../../routing/plan-targets.ts'
import { savedCostNano } from '../../routing/saved-cost.ts'
import type { AttemptRun } from '../attempt-run.ts'
import { describeAttemptSpan } from './attempt-span.ts'
import type { CallSpan } from './call-span.ts'
import type { Exchange } from '../exchange.ts'
import { describeModelCall, nothingUsed, type ModelOutcome } from './model-span.ts'
import type { ToldError } from '../told-error.ts'
import { whyGone } from '../why-gone.ts'

/** An attempt that is over, with its number and its end. */
type EndedAttempt = {
  readonly run: AttemptRun
  readonly outcome: ModelOutcome
  readonly number: number
  readonly endMs: number
}

type KeptFacts = Pick<AnswerFacts, 'model' | 'provider' | 'costKnown' | 'costNano' | 'latencyMs'>

/** What one call leaves behind: its span, the spans of its attempts, and what its limits are told. */
export class CallRecord {
  readonly #exchange: Exchange
  readonly #request: ModelRequest
  readonly #route: CompiledRoute
  readonly #branch: string
  reservation: HeldLimits | undefined
  attempts = 0
  /** More attributes of the call's span, as JSON members after a comma. */
  notes = ''
  /** A kind of call that guardrails cannot read, although some would hold for it. */
  notScanned: string | undefined
  /** By attempts that were not the last one. */
  #spentNano = 0
  #held: EndedAttempt | undefined
  /** The held attempt is the call's own, and its use is counted already. */
  #isCounted = false

  constructor(exchange: Exchange, request: ModelRequest, { route, branch }: Plan) {
    this.#exchange = exchange
    this.#request = request
    this.#route = route
    this.#branch = branch
  }

  /** The span of the call; `why` it ended there, when attempts gave up. */
  describe(
    target: CompiledTarget,
    outcome: ModelOutcome,
    how: { run?: AttemptRun | undefined; why?: string } = {},
  ): CallSpan {
    this.#writeHeld(how.run)
    const attributes = this.#attributes(how.run, how.run?.takenBack?.why ?? how.why ?? '')
    const span = describeModelCall(this.#exchange, this.#request, target, { ...outcome, attributes })
    const told = this.#withUnpriced(this.#withSaving(span))
    // Who was not asked has not failed: what we refuse ourselves is no figure of a provider.
    return how.run === undefined ? { ...told, connection: '' } : told
  }

  /** The span of a call that failed with this attempt, and `why` nothing else was tried. */
  describeFailure(run: AttemptRun, { code, message }: ToldError, why: string): CallSpan {
    const outcome: ModelOutcome = {
      ...run.progress(),
      status: 'error',
      error: { code, message },
      ...(run.httpStatus > 0 ? { httpStatus: run.httpStatus } : {}),
    }
    return this.describe(run.candidate.target, outcome, { run, why })
  }

  /** The span of a call whose client went away; without a run nobody was asked, and nothing used. */
  describeGone(target: CompiledTarget, run: AttemptRun | undefined): CallSpan {
    const progress = run?.progress() ?? { output: '', usage: nothingUsed }
    return this.describe(target, { ...progress, ...whyGone(this.#exchange.parts) }, { run })
  }

  /** The span of a call that the cache answered: its model is the one that gave the answer, and nobody was asked. */
  describeHit(target: CompiledTarget, outcome: ModelOutcome, kept: KeptFacts): CallSpan {
    const { model: name, provider, costKnown, costNano, latencyMs } = kept
    const saved = `${costKnown ? `,"saved_nano":${costNano}` : ''},"saved_ms":${latencyMs}`
    const attributes = `${this.#attributes(undefined, '')}${saved}`
    const span = describeModelCall(this.#exchange, this.#request, target, {
      ...outcome,
      usage: nothingUsed,
      attributes,
    })
    const model = name.slice(name.indexOf('/') + 1)
    return { ...span, name, model, provider, connection: '', costNano: 0, costKnown: true }
  }

  /** Writes the span of an attempt that failed, and of what came `then`. */
  writeFailed(run: AttemptRun, { code, message }: ToldError, then: string): void {
    this.writeAttempt(run, { ...run.progress(), status: 'error', error: { code, message } }, then)
  }

  /** An attempt whose rejected answer may yet be the call's: its span is written when another one is. */
  hold(run: AttemptRun, { code, message }: ToldError): void {
    this.#writeHeld(undefined)
    const outcome = { ...run.progress(), status: 'error', error: { code, message } } as const
    this.#held = { run, outcome, number: this.attempts, endMs: performance.now() }
    const { target } = run.candidate
    this.reservation?.spend(target.name, useOf(this.#describeEnded(this.#held)))
  }

  writeAttempt(run: AttemptRun, outcome: ModelOutcome, then: string): void {
    const ended = { run, outcome, number: this.attempts, endMs: performance.now() }
    const span = this.#writeEnded(ended, then)
    this.reservation?.spend(run.candidate.target.name, useOf(span))
  }

  #writeEnded(ended: EndedAttempt, then: string): CallSpan {
    const { run, number, endMs } = ended
    const span = describeAttemptSpan(this.#describeEnded(ended), run, { number, next: then })
    this.#spentNano += span.costNano ?? 0
    const durationUs = Math.max(0, Math.round((endMs - run.startMs) * 1000))
    this.#exchange.writeInnerSpan(span, { startUs: run.startUs, durationUs })
    return span
  }

  #describeEnded({ run, outcome }: EndedAttempt): CallSpan {
    return describeModelCall(this.#exchange, this.#request, run.candidate.target, outcome)
  }

  /** Tells limits and budgets what the call used. */
  settle(span: CallSpan): void {
    this.reservation?.settle(span.name, this.#isCounted ? nothing : useOf(span))
  }

  /** Unless its answer is the call's own. */
  #writeHeld(answering: AttemptRun | undefined): void {
    const held = this.#held
    this.#held = undefined
    if (held === undefined) return
    if (held.run === answering) this.#isCounted = true
    else this.#writeEnded(held, 'next')
  }

  #attributes(run: AttemptRun | undefined, why: string): string {
    let text = this.notes
    if (this.notScanned !== undefined) text += `,"guardrails":"not scanned: ${this.notScanned}"`
    if (this.#route.name !== '') {
      text += `,"route":${JSON.stringify(this.#route.name)},"branch":${JSON.stringify(this.#branch)}`
      if (run !== undefined) text += `,"reason":${JSON.stringify(run.reason)}`
    }
    if (run?.takenBack !== undefined)
      text += `,"cascade":"rejected answer","rejected_for":${JSON.stringify(run.takenBack.rejectedFor)}`
    if (run?.credentialId !== undefined) text += `,"credential_id":${JSON.stringify(run.credentialId)}`
    if (this.attempts > 1) text += `,"attempts":${this.attempts}`
    if (this.attempts > 1 && why !== '') text += `,"gave_up":${JSON.stringify(why)}`
    if (run !== undefined && run.dropped.length > 0) text += `,"dropped":${JSON.stringify(run.dropped)}`
    return text
  }

  #withSaving(span: CallSpan): CallSpan {
    const baseline = this.#route.baseline?.price
    if (baseline === undefined || span.usage === undefined || span.attributes === undefined) return span
    const spentNano = this.#spentNano + (span.costNano ?? 0)
    const saved = savedCostNano({ usage: span.usage, spentNano, baseline })
    if (saved === undefined || span.status !== 'ok') return span
    return { ...span, attributes: `${span.attributes.slice(0, -1)},"saved_nano":${saved}}` }
  }

  /** A call that money limits let pass without knowing what it costs says which ones. */
  #withUnpriced(span: CallSpan): CallSpan {
    if (span.costKnown === true || this.reservation === undefined || useOf(span).tokens === 0) return span
    const names = this.reservation.moneyLimits()
    if (names.length === 0 || span.attributes === undefined) return span
    return { ...span, attributes: `${span.attributes.slice(0, -1)},"unpriced_for":${JSON.stringify(names)}}` }
  }
}

const nothing: CallUse = { tokens: 0, costNano: 0 }

function useOf({ usage, costNano = 0 }: CallSpan): CallUse {
  return { tokens: usage === undefined ? 0 : usage.inputTokens + usage.outputTokens, costNano }
}
