import type { Span } from '@ratchet/contract'
import { type ReactElement, type ReactNode, useState } from 'react'
import { JsonView } from '../../ui/code/json-view.tsx'
import { Segmented } from '../../ui/controls/segmented.tsx'
import {
  formatCostNano,
  formatCount,
  formatDuration,
  formatQuantity,
} from '../../ui/numbers/format-number.ts'
import { usageWords } from '../../ui/numbers/usage-words.ts'
import { Badge } from '../../ui/states/badge.tsx'
import { AttemptStrip } from './attempts/attempt-strip.tsx'
import { GuardList } from './attempts/guard-list.tsx'
import { readAttempts, readGuards } from './attempts/read-attempts.ts'
import { SpanIcon } from './span-icon.tsx'
import { SpanPayload } from './span-payload.tsx'
import { SpanState } from './trace-columns.tsx'

const faces = [
  { value: 'read', label: 'Read' },
  { value: 'json', label: 'JSON' },
] as const

/** One span: what it was asked, what it answered, and every fact that was recorded. */
export function SpanDetail(props: {
  readonly span: Span
  /** All of its trace: attempts and checks are spans of their own. */
  readonly spans: readonly Span[]
}): ReactElement {
  const { span } = props
  const [face, setFace] = useState<(typeof faces)[number]['value']>('read')
  const hasAttributes = Object.keys(span.attributes).length > 0
  return (
    <section aria-label={`Span ${span.name}`} className="flex flex-col gap-4 px-4 py-3">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="flex min-w-0 items-center gap-1.5 font-medium">
          <SpanIcon type={span.type} />
          <span className="truncate">{span.name}</span>
        </h2>
        <SpanState status={span.status} />
        <span className="ml-auto">
          <Segmented label="How to show input and output" value={face} options={faces} onChange={setFace} />
        </span>
      </header>
      <SpanFigures span={span} />
      {span.errorMessage !== '' && (
        <p className="max-w-[80ch] rounded-control bg-bad-bg px-3 py-2 break-words">
          {span.errorCode !== '' && (
            <span className="mr-2 font-mono text-small text-bad">{span.errorCode}</span>
          )}
          {span.errorMessage}
        </p>
      )}
      <AttemptStrip call={span} attempts={readAttempts(span, props.spans)} />
      <GuardList guards={readGuards(span, props.spans)} />
      <Block name="Input">
        <SpanPayload value={span.input} label="Input" face={face} />
      </Block>
      <Block name="Output">
        <SpanPayload value={span.output} label="Output" face={face} />
      </Block>
      {hasAttributes && (
        <Block name="Attributes">
          <JsonView value={span.attributes} label="Attributes" />
        </Block>
      )}
    </section>
  )
}

function Block(props: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <div className="min-w-0">
      <h3 className="mb-1 text-small font-medium text-muted">{props.name}</h3>
      {props.children}
    </div>
  )
}

function SpanFigures(props: { readonly span: Span }): ReactElement {
  const { span } = props
  const { usage } = span
  const hasTokens = usage.inputTokens + usage.outputTokens > 0
  const parts = usageWords({ ...usage, ...usage.units })
  const { requests } = usage.units ?? {}
  const unpriced = span.attributes['unpriced']
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-small text-muted tabular-nums">
      <span>{formatDuration(span.durationUs / 1000)}</span>
      {span.firstTokenUs !== undefined && <span>first token {formatDuration(span.firstTokenUs / 1000)}</span>}
      {span.model !== '' && <span className="font-mono">{span.model}</span>}
      {hasTokens && (
        <span>
          {formatCount(usage.inputTokens)} in
          {usage.cachedInputTokens > 0 && ` (${formatCount(usage.cachedInputTokens)} cached)`},{' '}
          {formatCount(usage.outputTokens)} out
          {usage.reasoningTokens > 0 && ` (${formatCount(usage.reasoningTokens)} reasoning)`}
          {span.usageEstimated && ', estimated'}
        </span>
      )}
      {requests !== undefined && <span>{formatQuantity(requests, 'request')}</span>}
      {parts !== '' && <span>{parts}</span>}
      {(hasTokens || parts !== '') && (
        <span>
          {span.costKnown || span.costNano > 0 ? formatCostNano(span.costNano) : 'price not known'}
          {!span.costKnown &&
            span.costNano > 0 &&
            ` and more: no price for ${Array.isArray(unpriced) ? unpriced.join(', ') : 'a part of it'}`}
        </span>
      )}
      {span.finishReason !== '' && <Badge>{span.finishReason}</Badge>}
      {span.prompt !== '' && <span className="font-mono">{span.prompt}</span>}
    </div>
  )
}
