import type { TraceSummary } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { formatCompact, formatCostNano, formatDuration, noData } from '../../ui/numbers/format-number.ts'
import { Time } from '../../ui/numbers/time.tsx'
import { State, type Tone } from '../../ui/states/state.tsx'
import type { Column } from '../../ui/table/column.ts'
import { SpanIcon } from './span-icon.tsx'

const tones: Readonly<Record<TraceSummary['status'], Tone>> = { ok: 'ok', error: 'bad', cancelled: 'neutral' }

/** How a trace or span ended; `short` shows the shape only, the word is for screen readers. */
export function SpanState(props: {
  readonly status: TraceSummary['status']
  readonly filled?: boolean
  readonly short?: boolean
}): ReactElement {
  return (
    <State tone={tones[props.status]} filled={props.filled ?? false}>
      {props.short === true ? <span className="sr-only">{props.status}</span> : props.status}
    </State>
  )
}

const faint = (text: string): ReactElement => (
  <span className="text-faint">{text === '' ? noData : text}</span>
)

/** The columns of the trace list. */
export const traceColumns: readonly Column<TraceSummary>[] = [
  {
    id: 'mark',
    header: 'Status',
    isHeaderHidden: true,
    width: 28,
    hideFromPx: 460,
    cell: (trace) => <SpanState status={trace.status} short />,
  },
  { id: 'time', header: 'Time', width: 92, cell: (trace) => <Time at={trace.startedAt} /> },
  {
    id: 'status',
    header: 'Status',
    width: 96,
    hideBelowPx: 460,
    cell: (trace) => <SpanState status={trace.status} />,
  },
  {
    id: 'name',
    header: 'Name',
    width: { min: 110, share: 2 },
    hideBelowPx: 560,
    cell: (trace) => (
      <span className="flex min-w-0 items-center gap-1.5">
        <SpanIcon type={trace.type} />
        <span className="truncate">{trace.name}</span>
      </span>
    ),
  },
  {
    id: 'input',
    header: 'Input',
    width: { min: 120, share: 4 },
    cell: (trace) => (
      <span dir="auto" className="text-muted">
        {trace.inputPreview}
      </span>
    ),
  },
  {
    id: 'output',
    header: 'Output',
    width: { min: 120, share: 3 },
    hideBelowPx: 1080,
    cell: (trace) =>
      trace.status === 'error' ? (
        <span className="text-bad">{trace.errorMessage ?? 'failed'}</span>
      ) : (
        <span dir="auto" className="text-muted">
          {trace.outputPreview}
        </span>
      ),
  },
  {
    id: 'model',
    header: 'Model',
    width: { min: 110, share: 1.5 },
    hideBelowPx: 980,
    cell: (trace) => faint(trace.model),
  },
  { id: 'release', header: 'Release', width: 72, hideBelowPx: 900, cell: (trace) => faint(trace.release) },
  {
    id: 'latency',
    header: 'Latency',
    width: 84,
    align: 'end',
    cell: (trace) => formatDuration(trace.durationMs),
  },
  {
    id: 'tokens',
    header: 'Tokens',
    width: 72,
    align: 'end',
    hideBelowPx: 760,
    cell: (trace) => formatCompact(trace.usage.inputTokens + trace.usage.outputTokens),
  },
  {
    id: 'cost',
    header: 'Cost',
    width: 84,
    align: 'end',
    hideBelowPx: 680,
    cell: (trace) => formatCostNano(trace.costNano),
  },
]
