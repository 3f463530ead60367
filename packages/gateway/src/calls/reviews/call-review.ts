import { AppError } from '@ratchet/contract'
import type { ChatApi } from '../../apis/client-api.ts'
import type { OutputGuard } from '../../guardrails/call-guards.ts'
import type { NeutralAnswer } from '../../neutral/neutral-answer.ts'
import type { NeutralRequest } from '../../neutral/neutral-request.ts'
import type { Plan } from '../../routing/plan-targets.ts'
import { startReview, type Reviewing } from './answer-review.ts'
import type { AttemptRun } from '../attempt-run.ts'
import type { CallRecord } from '../spans/call-record.ts'
import type { Exchange } from '../exchange.ts'
import { tellRejection, type ToldError } from '../told-error.ts'

/** The call whose answers are reviewed. */
export type ReviewedCall = {
  readonly exchange: Exchange
  readonly api: ChatApi
  readonly plan: Plan
  readonly record: CallRecord
  readonly output: OutputGuard | undefined
  readonly isOver: () => boolean
  readonly neutral: () => NeutralRequest
  readonly remainingMs: () => number
  /** From here on this is what models are asked. */
  readonly change: (request: NeutralRequest) => void
}

/** An answer that was not taken, as long as a better one may still come. */
type HeldAnswer = {
  readonly run: AttemptRun
  readonly reason: string
  readonly answer: NeutralAnswer
  readonly done: (answer: NeutralAnswer) => void
}

/** Looks at whole answers of one call before they are sent: those of a cascade's steps, and those that guardrails check. */
export class CallReview {
  readonly #call: ReviewedCall
  /** How often a model was asked again. */
  #asked = 0
  #held: HeldAnswer | undefined

  constructor(call: ReviewedCall) {
    this.#call = call
  }

  /** What a review is told besides the answer. */
  reviewing(): Omit<Reviewing, 'checks'> {
    const { output, neutral, remainingMs } = this.#call
    return {
      request: neutral(),
      rules: output?.kind === 'whole' ? output.rules : undefined,
      asked: this.#asked,
      remainingMs: remainingMs(),
    }
  }

  start(run: AttemptRun, answer: NeutralAnswer, done: (answer: NeutralAnswer) => void): void {
    const { exchange, plan, change } = this.#call
    startReview(exchange, answer, {
      ...this.reviewing(),
      checks: run.candidate.isChecked ? plan.checks : [],
      tell: (review) => {
        switch (review.kind) {
          case 'taken':
            run.isAltered = review.isAltered
            return done(review.answer)
          case 'blocked':
            return run.broke(review.error)
          case 'again':
            this.#asked += 1
            change(review.request)
            return run.reject(this.#rejection(run, review.reason, 'again'))
          case 'next':
            if (plan.route.cascade?.whenStrongerFails === 'return')
              this.#held = { run, reason: review.reason, answer, done }
            return run.reject(this.#rejection(run, review.reason, 'next'))
        }
      },
    })
  }

  /** The answer of this attempt was rejected, and may be given all the same. */
  isHeld(run: AttemptRun): boolean {
    return this.#held?.run === run
  }

  /**
   * Gives the client the answer that was not taken, because `failure` is all that the stronger models had to say; the
   * guardrails hold for it as for every answer. False when there is none; `instead` runs when it cannot be given.
   */
  giveHeld(
    failure: { readonly run: AttemptRun | undefined; readonly told: ToldError; readonly why: string },
    instead: () => void,
  ): boolean {
    const held = this.#held
    // What guardrails refuse is decided, not failed.
    if (held === undefined || failure.told.code === 'guardrail_blocked') return false
    this.#held = undefined
    const { exchange, record, isOver } = this.#call
    const give = (answer: NeutralAnswer, isAltered: boolean): void => {
      const { run, told, why } = failure
      if (run !== undefined && run !== held.run) record.writeFailed(run, told, 'the rejected answer')
      exchange.parts.metrics.rejectedAnswers += 1
      held.run.isAltered = isAltered
      held.run.takeBack({ rejectedFor: held.reason, why })
      exchange.moreHeaders = [...exchange.moreHeaders, 'x-ratchet-cascade', 'rejected-answer']
      held.done(answer)
    }
    const reviewing = this.reviewing()
    if (reviewing.rules === undefined) give(held.answer, false)
    else
      startReview(exchange, held.answer, {
        ...reviewing,
        checks: [],
        tell: (review) => {
          if (isOver()) return
          if (review.kind === 'taken') give(review.answer, review.isAltered)
          else instead()
        },
      })
    return true
  }

  #rejection(run: AttemptRun, reason: string, askNow: 'next' | 'again'): ToldError {
    const message = `The answer of ${run.candidate.target.name} was not taken: ${reason}.`
    return tellRejection(this.#call.api, new AppError('provider_error', { message }), askNow)
  }
}
