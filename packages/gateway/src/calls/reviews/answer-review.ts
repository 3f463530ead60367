import type { AppError, CascadeCheck } from '@ratchet/contract'
import type { GuardRule } from '../../guardrails/compile-guards.ts'
import { guardAnswer } from '../../guardrails/guard-answer.ts'
import type { ContentPart } from '../../neutral/content.ts'
import type { NeutralAnswer } from '../../neutral/neutral-answer.ts'
import type { NeutralRequest } from '../../neutral/neutral-request.ts'
import { reviewCascade } from './cascade-review.ts'
import type { Exchange } from '../exchange.ts'

/** What becomes of a whole answer before it is sent. */
export type Review =
  | {
      readonly kind: 'taken'
      readonly answer: NeutralAnswer
      /** Guardrails took something out of it. */
      readonly isAltered: boolean
    }
  /** Not good enough: the next model is asked. */
  | { readonly kind: 'next'; readonly reason: string }
  /** The same model is asked again, told what was wrong. */
  | { readonly kind: 'again'; readonly request: NeutralRequest; readonly reason: string }
  | { readonly kind: 'blocked'; readonly error: AppError }

export type Reviewing = {
  readonly request: NeutralRequest
  /** Of a cascade, for all steps but the last. */
  readonly checks: readonly CascadeCheck[]
  readonly rules: readonly GuardRule[] | undefined
  /** How often a model was already asked again. */
  readonly asked: number
  readonly remainingMs: number
}

const mostAsked = 2

/** Reviews an answer and tells, later, what becomes of it; a review that fails takes no answer. */
export function startReview(
  exchange: Exchange,
  answer: NeutralAnswer,
  { tell, ...reviewing }: Reviewing & { readonly tell: (review: Review) => void },
): void {
  reviewAnswer(exchange, answer, reviewing).then(
    (review) => exchange.guard(() => tell(review)),
    (error: unknown) =>
      exchange.guard(() => tell({ kind: 'next', reason: exchange.asAppError(error).message })),
  )
}

/** Checks of the cascade first: an answer that is not taken needs no guardrail. */
async function reviewAnswer(exchange: Exchange, answer: NeutralAnswer, parts: Reviewing): Promise<Review> {
  const { request, checks, rules, asked, remainingMs } = parts
  if (checks.length > 0) {
    const verdict = await reviewCascade(exchange, checks, { answer, request, remainingMs })
    if (!verdict.passed) return { kind: 'next', reason: verdict.reason }
  }
  if (rules === undefined) return { kind: 'taken', answer, isAltered: false }
  const signal = AbortSignal.timeout(remainingMs)
  const { answer: guarded, stop } = await guardAnswer(exchange, answer, { rules, signal })
  if (stop === undefined) return { kind: 'taken', answer: guarded, isAltered: isAltered(answer, guarded) }
  const { rule, error, findings } = stop
  if (rule.action !== 'ask-again' || asked >= mostAsked) return { kind: 'blocked', error }
  const details = findings.map(({ kind, detail }) => detail ?? kind)
  const wrong =
    rule.message ??
    `Your answer cannot be used: ${[...new Set(details)].join('; ')}. Answer again without that.`
  return { kind: 'again', request: askedAgain(request, answer, wrong), reason: error.message }
}

/** Guardrails leave a part that they do not change as it is. */
function isAltered(before: NeutralAnswer, after: NeutralAnswer): boolean {
  return after.choices.some(({ parts }, index) => {
    const earlier = before.choices[index]?.parts
    return parts.some((part, place) => part !== earlier?.[place])
  })
}

/** The conversation with the answer that was no good and what was wrong with it. */
function askedAgain(request: NeutralRequest, answer: NeutralAnswer, wrong: string): NeutralRequest {
  const said: readonly ContentPart[] = answer.choices[0]?.parts ?? []
  const text = said.map((part) => (part.kind === 'text' ? part.text : '')).join('')
  const messages = [
    ...request.messages,
    ...(text === '' ? [] : [{ role: 'assistant', content: [{ kind: 'text', text }] } as const]),
    { role: 'user', content: [{ kind: 'text', text: wrong }] } as const,
  ]
  return { ...request, messages }
}
