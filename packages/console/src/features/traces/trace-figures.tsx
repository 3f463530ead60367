import type { OutputOf, traceFacets } from '@ratchet/contract'
import { type ReactElement, useMemo } from 'react'
import { SparkBars } from '../../ui/charts/spark-bars.tsx'
import { formatCostNano, formatCount, formatDuration } from '../../ui/numbers/format-number.ts'
import { SkeletonLine } from '../../ui/states/skeleton.tsx'

/** The answer to the query in one line, and when it happened. A click on a bar zooms to it. */
export function TraceFigures(props: {
  readonly figures: OutputOf<typeof traceFacets> | undefined
  readonly onRange: (from: string, to: string) => void
}): ReactElement {
  const { figures } = props
  const points = useMemo(
    () => (figures?.series ?? []).map((point) => ({ at: point.at, total: point.traces, bad: point.errors })),
    [figures],
  )
  if (figures === undefined) {
    return (
      <div className="flex h-9 items-center px-4 md:px-6">
        <SkeletonLine width="320px" />
      </div>
    )
  }
  const { total, errors, p50Ms, p95Ms, costNano, series } = figures
  return (
    <div className="flex flex-wrap items-center gap-x-6 gap-y-1 px-4 pb-2 md:px-6">
      <h1 className="tabular-nums">
        <span className="font-semibold">{formatCount(total)}</span> {total === 1 ? 'trace' : 'traces'}
        {total > 0 && (
          <span className="text-muted">
            ,{' '}
            <span className={errors > 0 ? 'text-bad' : undefined}>
              {errors === 0 ? 'none' : formatCount(errors)} failed
            </span>
            , median {formatDuration(p50Ms)}, p95 {formatDuration(p95Ms)}, {formatCostNano(costNano)}
          </span>
        )}
      </h1>
      {series.length > 0 && (
        <div className="min-w-40 flex-1">
          <SparkBars
            label={`${formatCount(total)} traces over time, ${formatCount(errors)} failed`}
            points={points}
            onOpen={(from, to) => props.onRange(from, to ?? new Date().toISOString())}
          />
        </div>
      )}
    </div>
  )
}
