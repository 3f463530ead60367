import { Link } from '@tanstack/react-router'
import { Activity } from 'lucide-react'
import type { ReactElement } from 'react'
import { CopyButton } from '../../ui/code/copy-button.tsx'
import { MarkdownView } from '../../ui/code/markdown-view.tsx'
import { formatCostNano, formatCount, formatDuration } from '../../ui/numbers/format-number.ts'
import { ErrorState } from '../../ui/states/error-state.tsx'
import { SkeletonLine } from '../../ui/states/skeleton.tsx'
import { State, type Tone } from '../../ui/states/state.tsx'
import { SourceList } from './source-list.tsx'
import type { Turn } from './use-conversation.ts'

/** A question, its answer, and beside it the sources it stands on. */
export function TurnView(props: { readonly turn: Turn }): ReactElement {
  const { turn } = props
  const hasSources = turn.sources.length > 0
  return (
    <article className="grid gap-x-8 gap-y-3 lg:grid-cols-[minmax(0,1fr)_320px]">
      <div className="flex min-w-0 flex-col gap-3">
        <h2 dir="auto" className="max-w-[72ch] text-lead font-medium break-words whitespace-pre-wrap">
          {turn.question}
        </h2>
        {turn.state === 'waiting' && (
          <output aria-label="Waiting for the answer" className="flex max-w-[72ch] flex-col gap-2">
            <SkeletonLine width="80%" />
            <SkeletonLine width="55%" />
          </output>
        )}
        {turn.answer !== '' && <MarkdownView text={turn.answer} />}
        {turn.problem !== undefined && <ErrorState problem={turn.problem} />}
        <TurnFigures turn={turn} />
        <span data-answer-end aria-hidden />
      </div>
      {hasSources && <SourceList sources={turn.sources} />}
    </article>
  )
}

const nodeTones: Readonly<Record<string, Tone>> = {
  completed: 'ok',
  failed: 'bad',
  bypassed: 'neutral',
  cancelled: 'neutral',
}

function TurnFigures(props: { readonly turn: Turn }): ReactElement {
  const { turn } = props
  const { figures } = turn
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-small text-muted tabular-nums">
      <span className="font-mono">
        {turn.model}
        {turn.release !== undefined && ` ${turn.release}`}
      </span>
      {figures !== undefined && (
        <>
          <span>{formatDuration(figures.durationMs)}</span>
          {figures.firstTextMs !== undefined && (
            <span>first words {formatDuration(figures.firstTextMs)}</span>
          )}
          <span>
            {formatCount(figures.usage.inputTokens)} in, {formatCount(figures.usage.outputTokens)} out
          </span>
          <span>{formatCostNano(figures.costNano)}</span>
          {figures.finishReason !== 'stop' && figures.finishReason !== '' && (
            <span className="text-warn">ended by {figures.finishReason}</span>
          )}
        </>
      )}
      {turn.state === 'stopped' && <State tone="neutral">stopped</State>}
      {turn.state === 'streaming' && <State tone="active">answering</State>}
      {turn.nodes.map(({ name, result }) => (
        <span key={name} title={result.error?.message}>
          <State tone={nodeTones[result.status] ?? 'neutral'}>
            {name} {formatDuration(result.durationMs)}
          </State>
        </span>
      ))}
      {turn.traceId !== undefined && (
        <Link
          to="/traces/$traceId"
          params={{ traceId: turn.traceId }}
          className="inline-flex items-center gap-1 text-accent hover:underline"
        >
          <Activity size={12} aria-hidden /> Open trace
        </Link>
      )}
      {turn.answer !== '' && <CopyButton text={turn.answer} label="Copy answer" />}
    </div>
  )
}
