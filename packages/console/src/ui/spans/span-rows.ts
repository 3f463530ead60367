/** What the tree and the timeline need of a span; the trace page passes the API's spans as they are. */
export type SpanShape = {
  readonly spanId: string
  readonly parentSpanId: string
  readonly name: string
  readonly offsetUs: number
  readonly durationUs: number
}

/** A span in drawing order: `rails` says, for each ancestor level, whether its line goes on below. */
export type SpanRow<Span extends SpanShape> = {
  readonly span: Span
  readonly depth: number
  readonly rails: readonly boolean[]
  readonly isLast: boolean
  readonly childCount: number
}

/**
 * Spans as rows, parents before children, siblings by start. A span whose parent is missing (not arrived yet, or cut
 * off) becomes a root; a cycle is broken at its first span. Children of `closed` spans are left out.
 */
export function toSpanRows<Span extends SpanShape>(
  spans: readonly Span[],
  closed: ReadonlySet<string> = new Set(),
): readonly SpanRow<Span>[] {
  const known = new Set(spans.map(({ spanId }) => spanId))
  const byParent = new Map<string, Span[]>()
  for (const span of spans) {
    const parent = known.has(span.parentSpanId) && span.parentSpanId !== span.spanId ? span.parentSpanId : ''
    byParent.set(parent, [...(byParent.get(parent) ?? []), span])
  }
  const rows: SpanRow<Span>[] = []
  const seen = new Set<string>()
  const add = (span: Span, depth: number, rails: readonly boolean[], isLast: boolean): void => {
    if (seen.has(span.spanId)) return
    seen.add(span.spanId)
    const children = inOrder(byParent.get(span.spanId) ?? [])
    rows.push({ span, depth, rails, isLast, childCount: children.length })
    if (closed.has(span.spanId)) {
      hide(children)
      return
    }
    children.forEach((child, at) => add(child, depth + 1, [...rails, !isLast], at === children.length - 1))
  }
  const hide = (children: readonly Span[]): void => {
    for (const child of children) {
      if (seen.has(child.spanId)) continue
      seen.add(child.spanId)
      hide(byParent.get(child.spanId) ?? [])
    }
  }
  const roots = inOrder(byParent.get('') ?? [])
  roots.forEach((root, at) => add(root, 0, [], at === roots.length - 1))
  for (const span of inOrder(spans)) add(span, 0, [], true)
  return rows
}

function inOrder<Span extends SpanShape>(spans: readonly Span[]): Span[] {
  return [...spans].sort((a, b) => a.offsetUs - b.offsetUs || a.spanId.localeCompare(b.spanId))
}

/** The end of the last span, in microseconds after the first start; at least 1. */
export function endOf(spans: readonly SpanShape[]): number {
  return spans.reduce((end, span) => Math.max(end, span.offsetUs + span.durationUs), 1)
}
