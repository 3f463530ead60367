import type { Span } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { formatCostNano, formatDuration } from '../../../ui/numbers/format-number.ts'
import { SpanState } from '../trace-columns.tsx'
import type { CallAttempt } from './read-attempts.ts'

const nextWords: Readonly<Record<string, string>> = {
  retry: 'then tried again',
  'next-target': 'then the next target was asked',
  'give-up': 'then given up',
}

/** The tries of one model call on its time axis: whom, why, how each ended. */
export function AttemptStrip(props: {
  readonly call: Span
  readonly attempts: readonly CallAttempt[]
}): ReactElement | undefined {
  const { call, attempts } = props
  if (attempts.length === 0) return undefined
  const { route, branch, saved_nano: saved } = call.attributes
  const length = Math.max(1, call.durationUs)
  const percent = (us: number): string => `${String(Math.max(0, Math.min(100, (us / length) * 100)))}%`
  return (
    <div className="min-w-0">
      <h3 className="mb-1 text-small font-medium text-muted">
        {attempts.length === 1 ? 'Attempt' : `${String(attempts.length)} attempts`}
        {typeof route === 'string' && (
          <span className="font-normal">
            {' '}
            by route {route}
            {typeof branch === 'string' && branch !== 'targets' && `, ${branch}`}
            {typeof saved === 'number' && `, ${formatCostNano(saved)} saved`}
          </span>
        )}
      </h3>
      <ol className="rounded-control border border-line">
        {attempts.map((attempt) => (
          <li
            key={attempt.spanId}
            className="flex flex-col gap-1 border-b border-line px-3 py-2 last:border-b-0"
          >
            <span className="flex flex-wrap items-center gap-x-3">
              <span className="min-w-0 truncate font-mono text-small font-medium">{attempt.target}</span>
              <SpanState status={attempt.status} />
              <span className="ml-auto text-small text-muted tabular-nums">
                {attempt.httpStatus !== undefined && `HTTP ${String(attempt.httpStatus)}, `}
                {formatDuration(attempt.durationUs / 1000)}
              </span>
            </span>
            <span className="relative h-1.5 rounded-round bg-active" aria-hidden>
              <span
                className={`absolute inset-y-0 min-w-1 rounded-round ${attempt.status === 'error' ? 'bg-bad' : attempt.status === 'ok' ? 'bg-accent' : 'bg-line-control'}`}
                style={{
                  left: percent(attempt.offsetUs - call.offsetUs),
                  width: percent(attempt.durationUs),
                }}
              />
            </span>
            <span className="text-small break-words text-muted">
              {attempt.reason}
              {attempt.error !== '' && <span className="block text-ink">{attempt.error}</span>}
              {attempt.next !== '' && (
                <span className="block">{nextWords[attempt.next] ?? attempt.next}</span>
              )}
            </span>
          </li>
        ))}
      </ol>
    </div>
  )
}
