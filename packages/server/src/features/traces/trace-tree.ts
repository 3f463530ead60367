import { isCallType, type Span, type TraceSummary } from '@ratchet/contract'
import { previewOf } from './ingest/preview-text.ts'

/**
 * Orders spans so that parents come before their children, siblings by start. Spans whose parent is missing
 * (not yet arrived, or never sent) stand as roots; spans caught in a parent cycle come last, none is dropped.
 */
export function orderSpans(spans: readonly Span[]): Span[] {
  const byStart = spans.toSorted((a, b) => a.offsetUs - b.offsetUs || (a.spanId < b.spanId ? -1 : 1))
  const known = new Set(spans.map((span) => span.spanId))
  const children = Map.groupBy(byStart, (span) => (known.has(span.parentSpanId) ? span.parentSpanId : ''))
  const ordered: Span[] = []
  const placed = new Set<Span>()
  const stack = (children.get('') ?? []).toReversed()
  for (let span = stack.pop(); span; span = stack.pop()) {
    if (placed.has(span)) continue
    placed.add(span)
    ordered.push(span)
    stack.push(...(children.get(span.spanId) ?? []).toReversed())
  }
  return [...ordered, ...byStart.filter((span) => !placed.has(span))]
}

/** The list row of a trace from its ordered spans; the first one speaks for the trace. */
export function summariseSpans(ordered: readonly [Span, ...Span[]]): TraceSummary {
  const [root] = ordered
  const calls = ordered.filter(isModelCall)
  return {
    traceId: root.traceId,
    rootSpanId: root.spanId,
    name: root.name,
    type: root.type,
    environment: root.environment,
    startedAt: root.startedAt,
    durationMs: root.durationUs / 1000,
    ...(root.firstTokenUs === undefined ? {} : { firstTokenMs: root.firstTokenUs / 1000 }),
    status: root.status,
    ...(root.errorMessage === '' ? {} : { errorMessage: root.errorMessage }),
    model: (isModelCall(root) ? root : calls.findLast((span) => span.type === 'llm'))?.model ?? root.model,
    app: root.app,
    release: root.release,
    sessionId: root.sessionId,
    userId: root.userId,
    inputPreview: previewOf(bodyText(root.input)),
    outputPreview: previewOf(bodyText(root.output)),
    spanCount: ordered.length,
    usage: {
      inputTokens: sum(calls, (span) => span.usage.inputTokens),
      outputTokens: sum(calls, (span) => span.usage.outputTokens),
      cachedInputTokens: sum(calls, (span) => span.usage.cachedInputTokens),
      cacheWriteTokens: sum(calls, (span) => span.usage.cacheWriteTokens),
      reasoningTokens: sum(calls, (span) => span.usage.reasoningTokens),
    },
    costNano: sum(calls, (span) => span.costNano),
  }
}

/** Only these carry tokens of their own: an app's span repeats the sum of the calls below it. */
function isModelCall(span: Span): boolean {
  return isCallType(span.type)
}

function sum(spans: readonly Span[], valueOf: (span: Span) => number): number {
  return spans.reduce((total, span) => total + valueOf(span), 0)
}

function bodyText(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body)
}
