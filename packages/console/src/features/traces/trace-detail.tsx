import { getTrace, isCallType, type Span, type TraceSummary } from '@ratchet/contract'
import { type ReactElement, useMemo, useState } from 'react'
import { toProblem } from '../../api/problem.ts'
import { useCall } from '../../api/use-call.ts'
import { classes } from '../../ui/classes.ts'
import { Segmented } from '../../ui/controls/segmented.tsx'
import { useHotkeys } from '../../ui/keyboard/use-hotkeys.ts'
import { toSpanRows } from '../../ui/spans/span-rows.ts'
import { SpanTree } from '../../ui/spans/span-tree.tsx'
import { ErrorState } from '../../ui/states/error-state.tsx'
import { Skeleton } from '../../ui/states/skeleton.tsx'
import { SpanDetail } from './span-detail.tsx'
import { SpanIcon } from './span-icon.tsx'
import { TraceFacts } from './trace-facts.tsx'

const views = [
  { value: 'timeline', label: 'Timeline' },
  { value: 'tree', label: 'Tree' },
] as const

/** A trace: its figures, its spans as tree and timeline, and the chosen span with input and output. */
export function TraceDetail(props: {
  readonly traceId: string
  readonly spanId: string | undefined
  readonly onSpan: (spanId: string) => void
  /** Spans left, chosen span right; for the full page. */
  readonly wide?: boolean
}): ReactElement {
  const [openedMs] = useState(Date.now)
  const trace = useCall(
    getTrace,
    { params: { traceId: props.traceId } },
    { pollMs: (answer) => (mayStillGrow(answer?.summary, openedMs) ? 700 : false) },
  )
  const [view, setView] = useState<(typeof views)[number]['value']>('timeline')
  const spans = trace.data?.spans
  const rows = useMemo(() => toSpanRows(spans ?? []), [spans])
  const chosen = spans?.find(({ spanId }) => spanId === props.spanId) ?? firstToShow(spans)
  const step = (by: number): void => {
    const at = rows.findIndex((row) => row.span.spanId === chosen?.spanId)
    const next = rows[at + by]
    if (next !== undefined) props.onSpan(next.span.spanId)
  }
  useHotkeys([
    { keys: 'J', label: 'Next span', group: 'Detail', run: () => step(1) },
    { keys: 'K', label: 'Previous span', group: 'Detail', run: () => step(-1) },
  ])
  if (trace.data === undefined || spans === undefined) {
    return (
      <div className="p-4">
        {trace.error === null ? (
          <Skeleton lines={10} />
        ) : (
          <ErrorState
            problem={toProblem(trace.error, 'The trace could not be loaded')}
            onRetry={() => void trace.refetch()}
          />
        )}
      </div>
    )
  }
  return (
    <div className={classes('transition-opacity', trace.isPlaceholderData && 'opacity-60')}>
      <TraceFacts summary={trace.data.summary} />
      {trace.data.truncated && (
        <p className="px-4 pb-2 text-small text-warn">
          This trace has more spans than can be shown; the first ones are here.
        </p>
      )}
      <div
        className={classes(
          props.wide === true && 'grid items-start lg:grid-cols-2 lg:border-t lg:border-line',
        )}
      >
        <div className={classes('min-w-0 border-y border-line py-2', props.wide === true && 'lg:border-y-0')}>
          <div className="flex items-center justify-between px-4 pb-1">
            <h2 className="text-small font-medium text-muted">
              {spans.length} {spans.length === 1 ? 'span' : 'spans'}
            </h2>
            <Segmented label="View of the spans" value={view} options={views} onChange={setView} />
          </div>
          <SpanTree
            label="Spans"
            spans={spans}
            selectedId={chosen?.spanId}
            onSelect={(span) => props.onSpan(span.spanId)}
            timeline={view === 'timeline'}
            face={(span) => <SpanIcon type={span.type} />}
            tone={(span) => barColour(span)}
          />
        </div>
        {chosen !== undefined && (
          <div className={classes('min-w-0', props.wide === true && 'lg:border-l lg:border-line')}>
            <SpanDetail key={chosen.spanId} span={chosen} spans={spans} />
          </div>
        )}
      </div>
    </div>
  )
}

/** Spans of one trace arrive from several processes within seconds: a trace that just ended may not be whole yet. */
function mayStillGrow(summary: TraceSummary | undefined, openedMs: number): boolean {
  const endedMs = summary === undefined ? openedMs : Date.parse(summary.startedAt) + summary.durationMs
  return Date.now() - endedMs < 8_000
}

/** A failure first, else the root: what the reader most likely came for. */
function firstToShow(spans: readonly Span[] | undefined): Span | undefined {
  const failed = spans?.findLast(({ status }) => status === 'error')
  if (failed === undefined) return spans?.[0]
  // Of an attempt that failed, the call with all of its attempts says more.
  const call = spans?.find(({ spanId }) => spanId === failed.parentSpanId)
  return failed.name.startsWith('attempt ') ? (call ?? failed) : failed
}

function barColour(span: Span): string {
  if (span.status === 'error') return 'bg-bad'
  if (isCallType(span.type)) return 'bg-accent'
  return 'bg-line-control'
}
