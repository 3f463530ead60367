import type { TraceSummary } from '@ratchet/contract'
import { Link } from '@tanstack/react-router'
import type { ReactElement, ReactNode } from 'react'
import { formatCostNano, formatCount, formatDuration } from '../../ui/numbers/format-number.ts'
import { Time } from '../../ui/numbers/time.tsx'
import { EnvironmentWord } from '../../ui/states/environment-word.tsx'
import { printValue } from '../../ui/query/query-terms.ts'
import { SpanState } from './trace-columns.tsx'

/** How the trace ended, how long it took and what it cost, then who and what it belongs to. */
export function TraceFacts(props: { readonly summary: TraceSummary }): ReactElement {
  const { summary } = props
  const { usage } = summary
  return (
    <div className="flex flex-col gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 tabular-nums">
        <SpanState status={summary.status} filled />
        <span className="font-medium">{formatDuration(summary.durationMs)}</span>
        {summary.firstTokenMs !== undefined && (
          <span className="text-muted">first token {formatDuration(summary.firstTokenMs)}</span>
        )}
        <span className="text-muted">
          {formatCount(usage.inputTokens)} in, {formatCount(usage.outputTokens)} out
        </span>
        <span className="text-muted">{formatCostNano(summary.costNano)}</span>
        <span className="text-muted">
          <Time at={summary.startedAt} />
        </span>
      </div>
      {summary.errorMessage !== undefined && summary.errorMessage !== '' && (
        <p className="line-clamp-3 max-w-[80ch] break-words text-bad">{summary.errorMessage}</p>
      )}
      <dl className="flex flex-wrap gap-x-4 gap-y-1 text-small">
        <Fact name="Environment">
          <EnvironmentWord name={summary.environment} />
        </Fact>
        {summary.app !== '' && (
          <Fact name="App">
            <Link
              to="/apps/$app"
              params={{ app: summary.app }}
              search={{ release: summary.release }}
              className="hover:underline"
            >
              {summary.app} {summary.release}
            </Link>
          </Fact>
        )}
        {summary.model !== '' && <Fact name="Model">{summary.model}</Fact>}
        {summary.sessionId !== '' && (
          <Fact name="Session">
            <Link
              to="/traces"
              search={{ q: `session:${printValue(summary.sessionId)}` }}
              className="hover:underline"
            >
              {summary.sessionId}
            </Link>
          </Fact>
        )}
        {summary.userId !== '' && (
          <Fact name="User">
            <Link
              to="/traces"
              search={{ q: `user:${printValue(summary.userId)}` }}
              className="hover:underline"
            >
              {summary.userId}
            </Link>
          </Fact>
        )}
      </dl>
    </div>
  )
}

function Fact(props: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <div className="flex items-center gap-1.5">
      <dt className="text-faint">{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  )
}
