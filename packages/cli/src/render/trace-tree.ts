import { isCallType, type Span } from '@ratchet/contract'
import { formatCount, formatDuration, formatMoney } from './figures.ts'
import type { Paint } from './paint.ts'
import { usageWords } from './usage-words.ts'
import { padText, textWidth } from './text-width.ts'

type Line = { readonly label: string; readonly span: Span }

/** A trace as an indented tree: step, time, tokens, cost, model, why that one was asked; a failed step shows its error below. */
export function renderTraceTree(spans: readonly Span[], paint: Paint): string {
  const lines = treeLines(spans)
  const width = Math.max(0, ...lines.map(({ label }) => textWidth(label)))
  return lines
    .flatMap(({ label, span }) => {
      const { inputTokens, outputTokens } = span.usage
      const tokens =
        inputTokens + outputTokens > 0
          ? `${formatCount(inputTokens)} → ${formatCount(outputTokens)} tokens`
          : ''
      const besides = usageWords({ ...span.usage, ...span.usage.units })
      const { requests } = span.usage.units ?? {}
      const cost = isCallType(span.type) ? costText(span) : ''
      const figures = [
        padText(formatDuration(span.durationUs / 1000), 9, 'right'),
        padText(tokens, 20),
        padText(cost, 14),
        paint.dim(span.model),
        ...(requests === undefined ? [] : [`${formatCount(requests)} requests`]),
        ...(besides === '' ? [] : [besides]),
        paint.dim(textOf(span, 'reason')),
      ]
      const text = `${padText(label, width)}  ${figures.join('  ')}`.trimEnd()
      if (span.status !== 'error') return [text]
      return [paint.bad(text), paint.bad(`${' '.repeat(width)}  ${span.errorCode}: ${span.errorMessage}`)]
    })
    .join('\n')
}

/** A span has the name of the model that was asked; who called it by a route knows the name of that. */
export function callName(span: Pick<Span, 'name' | 'attributes'>): string {
  const route = textOf(span, 'route')
  return route === '' ? span.name : `${route} → ${span.name}`
}

function textOf({ attributes }: Pick<Span, 'attributes'>, name: string): string {
  const value = attributes[name]
  return typeof value === 'string' ? value : ''
}

function costText(span: Span): string {
  return span.costKnown ? formatMoney(span.costNano) : 'cost unknown'
}

function treeLines(spans: readonly Span[]): Line[] {
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const children = Map.groupBy(spans, ({ parentSpanId, spanId }) =>
    ids.has(parentSpanId) && parentSpanId !== spanId ? parentSpanId : '',
  )
  const lines: Line[] = []
  const walk = (span: Span, lead: string, branch: string, isLast: boolean) => {
    lines.push({ label: `${lead}${branch}${span.type} ${callName(span)}`, span })
    const below = (children.get(span.spanId) ?? []).toSorted((a, b) => a.offsetUs - b.offsetUs)
    const nextLead = branch === '' ? '' : lead + (isLast ? '   ' : '│  ')
    below.forEach((child, index) => {
      const isLastChild = index === below.length - 1
      walk(child, nextLead, isLastChild ? '└─ ' : '├─ ', isLastChild)
    })
  }
  // A span whose parent has not arrived yet stands as a root of its own.
  for (const root of children.get('') ?? []) walk(root, '', '', true)
  return lines
}
