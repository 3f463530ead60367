import type { EvaluationItem } from '@ratchet/contract'
import { Link } from '@tanstack/react-router'
import { Activity } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { JsonView } from '../../ui/code/json-view.tsx'
import { MarkdownView } from '../../ui/code/markdown-view.tsx'
import { formatCostNano, formatDuration } from '../../ui/numbers/format-number.ts'
import { ScoreList } from './score-list.tsx'

/** One item: what was asked, what was expected, what came, and why it scored as it did. */
export function ItemDetail(props: { readonly item: EvaluationItem }): ReactElement {
  const { item } = props
  return (
    <div className="flex flex-col gap-4 px-4 py-3">
      <p className="flex flex-wrap gap-x-4 text-small text-muted tabular-nums">
        <span>{formatDuration(item.latencyMs)}</span>
        <span>{formatCostNano(item.costNano)}</span>
        {item.traceId !== '' && (
          <Link
            to="/traces/$traceId"
            params={{ traceId: item.traceId }}
            className="inline-flex items-center gap-1 text-accent hover:underline"
          >
            <Activity size={12} aria-hidden /> Open trace
          </Link>
        )}
      </p>
      <Part name="Input">
        <JsonView value={item.inputs} label="Input" />
      </Part>
      <Part name="Expected">
        {item.expected === undefined || item.expected === null ? (
          <p className="text-faint">nothing expected</p>
        ) : typeof item.expected === 'string' ? (
          <MarkdownView text={item.expected} />
        ) : (
          <JsonView value={item.expected} label="Expected" />
        )}
      </Part>
      <Part name="Output">
        {item.error === '' ? (
          <MarkdownView text={item.output} />
        ) : (
          <p className="rounded-control bg-bad-bg px-3 py-2 break-words">{item.error}</p>
        )}
      </Part>
      <Part name="Scores">
        <ScoreList scores={item.scores} />
      </Part>
      {Object.keys(item.metadata).length > 0 && (
        <Part name="Metadata">
          <JsonView value={item.metadata} label="Metadata" />
        </Part>
      )}
    </div>
  )
}

function Part(props: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <section className="min-w-0">
      <h3 className="mb-1 text-small font-medium text-muted">{props.name}</h3>
      {props.children}
    </section>
  )
}
