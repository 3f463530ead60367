import { AppError } from '@ratchet/contract'
import type { Refusal } from './limited-call.ts'
import { formatReset } from './rate-headers.ts'

/**
 * What a refused caller is told: `rate_limited` (429), which clients try again, or `budget_exceeded` (402), which they do
 * not: OpenAI sends 429 `insufficient_quota` there, and its clients then repeat a call that cannot succeed for days. A
 * budget that is not known to be used up is worth another try.
 */
export function refusalError(refusal: Refusal, nowMs: number): AppError {
  if (refusal.unpricedModel !== undefined) return unpricedError(refusal, refusal.unpricedModel)
  const resetsAt = new Date(nowMs + refusal.resetMs).toISOString()
  const details = {
    limit: refusal.name,
    scope: refusal.scope,
    ...(refusal.subject === '' ? {} : { subject: refusal.subject }),
    measure: refusal.measure,
    allowed: shown(refusal, refusal.limit),
    used: shown(refusal, refusal.used),
    resetsAt,
    retryAfterMs: Math.ceil(refusal.retryAfterMs),
    ...(refusal.waitedMs === undefined ? {} : { waitedMs: Math.round(refusal.waitedMs) }),
  }
  const isFinal = refusal.kind === 'budget' && !refusal.isProvisional
  const code = isFinal ? 'budget_exceeded' : 'rate_limited'
  return new AppError(code, { message: describe(refusal, resetsAt), details })
}

/** Headers that go with it, flat as `writeHead` takes them: whole seconds until the next try makes sense. */
export function refusalHeaders(refusal: Refusal): readonly string[] {
  if (refusal.unpricedModel !== undefined) return []
  return ['retry-after', String(Math.max(1, Math.ceil(refusal.retryAfterMs / 1_000)))]
}

/** Waiting does not help; a price does. */
function unpricedError({ kind, name, scope }: Refusal, model: string): AppError {
  const what = kind === 'budget' ? 'budget' : 'limit'
  return new AppError('budget_exceeded', {
    message: `The ${what} "${name}" takes no calls of unknown cost, and nobody knows the price of "${model}". Give it one under "prices" in the gateway's configuration, or let such calls pass with "unpriced: allow".`,
    details: { limit: name, scope, model, unpriced: 'block' },
  })
}

function describe(refusal: Refusal, resetsAt: string): string {
  const whose = refusal.subject === '' ? `the ${refusal.scope}` : `${refusal.scope} "${refusal.subject}"`
  const waited =
    refusal.waitedMs === undefined ? '' : ` after waiting ${formatReset(roundWait(refusal.waitedMs))} in line`
  const used = `${withUnit(refusal, refusal.used)} of ${withUnit(refusal, refusal.limit)}${perText(refusal)} are used`
  if (refusal.isProvisional) {
    return `The ${refusal.kind === 'budget' ? 'budget' : 'limit'} "${refusal.name}" of ${whose} has nothing left for this gateway now${waited}: ${used}, and running calls or other gateways hold the rest, or control cannot be asked for it. Try again in ${formatReset(refusal.retryAfterMs)}.`
  }
  if (refusal.kind === 'budget') {
    return `The budget "${refusal.name}" of ${whose} is used up${waited}: ${used}. It starts anew at ${resetsAt}. Raise it in the gateway's configuration, or see who spends with: ratchet budgets list`
  }
  if (refusal.kind === 'concurrency') {
    return `The limit "${refusal.name}" of ${whose} is reached${waited}: ${used}. Try again when a running call has ended, or raise the limit in the gateway's configuration.`
  }
  return `The limit "${refusal.name}" of ${whose} is reached${waited}: ${used}. Try again in ${formatReset(refusal.retryAfterMs)}, or raise the limit in the gateway's configuration.`
}

/** {@link formatReset} rounds seconds up, which is right for what is to come; this wait is over. */
function roundWait(ms: number): number {
  return ms < 1_000 ? ms : Math.round(ms / 1_000) * 1_000
}

function perText({ per }: Refusal): string {
  if (per === undefined) return ''
  if (typeof per === 'string') return ` for the ${per}`
  return ` per ${formatReset(per.windowMs)}`
}

function withUnit(refusal: Refusal, amount: number): string {
  if (refusal.measure === 'cost' || refusal.measure === 'budget') return `$${dollars(amount)}`
  if (refusal.measure === 'concurrency') return `${amount} running calls`
  return `${amount} ${refusal.measure}`
}

/** Money leaves as dollars, everything else as it is counted. */
function shown({ measure }: Refusal, amount: number): number {
  return measure === 'cost' || measure === 'budget' ? amount / 1e9 : amount
}

function dollars(nano: number): string {
  const value = nano / 1e9
  return value >= 1 || value === 0 ? value.toFixed(2) : String(Number(value.toPrecision(3)))
}
