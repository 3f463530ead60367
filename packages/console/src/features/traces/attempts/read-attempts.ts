import type { Span } from '@ratchet/contract'

/** One try of a model call: at whom, why, how it ended, and what came after it. */
export type CallAttempt = {
  readonly spanId: string
  readonly target: string
  readonly reason: string
  /** Empty for the one whose answer the caller got. */
  readonly next: string
  readonly status: Span['status']
  readonly error: string
  readonly httpStatus: number | undefined
  readonly offsetUs: number
  readonly durationUs: number
}

/**
 * The tries of a model call, in their order. The last one is the call's own span; it began when the one before it had
 * failed. Empty when the call needed one only and names no route.
 */
export function readAttempts(call: Span, spans: readonly Span[]): readonly CallAttempt[] {
  if (call.type !== 'llm' && call.type !== 'embedding') return []
  const earlier = spans
    .filter(({ parentSpanId, name }) => parentSpanId === call.spanId && name.startsWith('attempt '))
    .toSorted((one, other) => one.offsetUs - other.offsetUs)
    .map((span) => attemptOf(span, textOf(span, 'next')))
  const hasRoute = textOf(call, 'route') !== ''
  if (earlier.length === 0 && !hasRoute) return []
  const end = call.offsetUs + call.durationUs
  const begin = earlier
    .filter(({ status }) => status === 'error')
    .reduce((latest, one) => Math.max(latest, one.offsetUs + one.durationUs), call.offsetUs)
  const offsetUs = Math.min(begin, end)
  return [...earlier, { ...attemptOf(call, ''), offsetUs, durationUs: end - offsetUs }]
}

function attemptOf(span: Span, next: string): CallAttempt {
  const http = span.attributes['http_status']
  return {
    spanId: span.spanId,
    target: span.connection === '' ? span.model : `${span.connection}/${span.model}`,
    reason: textOf(span, 'reason'),
    next,
    status: span.status,
    error: [span.errorCode, span.errorMessage].filter((text) => text !== '').join(': '),
    httpStatus: typeof http === 'number' ? http : undefined,
    offsetUs: span.offsetUs,
    durationUs: span.durationUs,
  }
}

/** What a guardrail span says: its verdict, what it found, and what it could not read. */
export type GuardResult = {
  readonly spanId: string
  readonly place: string
  readonly verdict: string
  readonly findings: readonly {
    readonly guardrail: string
    readonly rule: string
    readonly action: string
    readonly detector: string
    readonly kind: string
    readonly count: number
    readonly detail: string
  }[]
  readonly notScanned: readonly string[]
}

/** Guardrail results of a span: its own, or those of the checks inside it. */
export function readGuards(span: Span, spans: readonly Span[]): readonly GuardResult[] {
  return spans
    .filter(
      ({ type, spanId, parentSpanId }) =>
        type === 'guard' && (spanId === span.spanId || parentSpanId === span.spanId),
    )
    .filter(({ attributes }) => typeof attributes['verdict'] === 'string')
    .map((guard) => ({
      spanId: guard.spanId,
      place: textOf(guard, 'place'),
      verdict: textOf(guard, 'verdict'),
      findings: listOf(guard.attributes['findings']).filter(isRecord).map(findingOf),
      notScanned: listOf(guard.attributes['not_scanned']).map(String),
    }))
}

function findingOf(value: Record<string, unknown>): GuardResult['findings'][number] {
  const text = (name: string): string => (typeof value[name] === 'string' ? value[name] : '')
  return {
    guardrail: text('guardrail'),
    rule: text('rule'),
    action: text('action'),
    detector: text('detector'),
    kind: text('kind'),
    count: typeof value['count'] === 'number' ? value['count'] : 1,
    detail: text('detail'),
  }
}

function textOf(span: Span, name: string): string {
  const value = span.attributes[name]
  return typeof value === 'string' ? value : ''
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
