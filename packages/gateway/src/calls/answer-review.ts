import type { AppError, CascadeCheck } from '@ratchet/contract'
import type { GuardRule } from '../guardrails/compile-guards.ts'
import { guardAnswer } from '../guardrails/guard-answer.ts'
import type { ContentPart } from '../neutral/content.ts'
import type { NeutralAnswer } from '../neutral/neutral-answer.ts'
import type { NeutralRequest } from '../neutral/neutral-request.ts'
import { reviewCascade } from './cascade-review.ts'
import type { Exchange } from './exchange.ts'

/** What becomes of a whole answer before it is sent. */
export type Review =
  | { readonly kind: 'taken'; readonly answer: NeutralAnswer }
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

/** Checks of the cascade first: an answer that is not taken needs no guardrail. */
export async function reviewAnswer(
  exchange: Exchange,
  answer: NeutralAnswer,
  parts: Reviewing,
): Promise<Review> {
  const { request, checks, rules, asked, remainingMs } = parts
  if (checks.length > 0) {
    const verdict = await reviewCascade(exchange, checks, { answer, request, remainingMs })
    if (!verdict.passed) return { kind: 'next', reason: verdict.reason }
  }
  if (rules === undefined) return { kind: 'taken', answer }
  const signal = AbortSignal.timeout(remainingMs)
  const { answer: guarded, stop } = await guardAnswer(exchange, answer, { rules, signal })
  if (stop === undefined) return { kind: 'taken', answer: guarded }
  const { rule, error, findings } = stop
  if (rule.action !== 'ask-again' || asked >= mostAsked) return { kind: 'blocked', error }
  const details = findings.map(({ kind, detail }) => detail ?? kind)
  const wrong =
    rule.message ??
    `Your answer cannot be used: ${[...new Set(details)].join('; ')}. Answer again without that.`
  return { kind: 'again', request: askedAgain(request, answer, wrong), reason: error.message }
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
