import { ChevronRight } from 'lucide-react'
import { type KeyboardEvent, type ReactElement, type ReactNode, useMemo, useRef, useState } from 'react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { classes } from '../classes.ts'
import { niceTicks } from '../charts/chart-scale.ts'
import { formatDuration } from '../numbers/format-number.ts'
import { endOf, type SpanRow, type SpanShape, toSpanRows } from './span-rows.ts'

const rowPx = 28

/**
 * The spans of a trace as a tree with a timeline beside it. Arrows move and open or close, as in any tree.
 * `face` draws what stands left of the name (kind, state), `figure` the words right of the bar.
 */
export function SpanTree<Span extends SpanShape>(props: {
  readonly spans: readonly Span[]
  readonly selectedId: string | undefined
  readonly onSelect: (span: Span) => void
  readonly face: (span: Span) => ReactNode
  readonly tone: (span: Span) => string
  readonly label: string
  readonly timeline: boolean
}): ReactElement {
  const { spans, selectedId, onSelect } = props
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const rows = useMemo(() => toSpanRows(spans, closed), [spans, closed])
  const endUs = useMemo(() => endOf(spans), [spans])
  const scroller = useRef<HTMLDivElement>(null)
  // oxlint-disable-next-line react/incompatible-library -- its functions are used here only, never handed to a memoised part
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 20,
    initialRect: { width: 600, height: 600 },
  })
  const toggle = (spanId: string, close: boolean): void => {
    const next = new Set(closed)
    if (close) next.add(spanId)
    else next.delete(spanId)
    setClosed(next)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = rows.findIndex((row) => row.span.spanId === selectedId)
    const row = rows[at]
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))]
      if (next !== undefined) onSelect(next.span)
      virtual.scrollToIndex(Math.max(0, at + step))
    } else if (event.key === 'ArrowRight' && row !== undefined) toggle(row.span.spanId, false)
    else if (event.key === 'ArrowLeft' && row !== undefined) toggle(row.span.spanId, true)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const columns = props.timeline ? 'minmax(140px,2fr) 3fr' : '1fr'
  return (
    <div className="flex min-h-0 flex-col">
      {props.timeline && <TimeAxis endUs={endUs} columns={columns} />}
      <div
        ref={scroller}
        role="tree"
        aria-label={props.label}
        tabIndex={0}
        onKeyDown={onKeyDown}
        aria-activedescendant={selectedId === undefined ? undefined : `span-${selectedId}`}
        className="max-h-80 min-h-0 overflow-y-auto -outline-offset-2"
      >
        <div className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index]
            if (row === undefined) return undefined
            return (
              <SpanLine
                key={row.span.spanId}
                row={row}
                topPx={item.start}
                columns={columns}
                endUs={endUs}
                isSelected={row.span.spanId === selectedId}
                isClosed={closed.has(row.span.spanId)}
                face={props.face(row.span)}
                bar={props.timeline ? props.tone(row.span) : undefined}
                onSelect={() => onSelect(row.span)}
                onToggle={() => toggle(row.span.spanId, !closed.has(row.span.spanId))}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
}

function TimeAxis(props: { readonly endUs: number; readonly columns: string }): ReactElement {
  return (
    <div
      aria-hidden
      className="grid h-6 items-center px-3 text-small text-faint"
      style={{ gridTemplateColumns: props.columns }}
    >
      <span />
      <div className="relative mr-14 h-full">
        {niceTicks(0, props.endUs, 3).map((tick) => (
          <span
            key={tick}
            className="absolute top-1 border-l border-line pl-1 whitespace-nowrap tabular-nums"
            style={{ left: `${String((tick / props.endUs) * 100)}%` }}
          >
            {formatDuration(tick / 1000)}
          </span>
        ))}
      </div>
    </div>
  )
}

function SpanLine<Span extends SpanShape>(props: {
  readonly row: SpanRow<Span>
  readonly topPx: number
  readonly columns: string
  readonly endUs: number
  readonly isSelected: boolean
  readonly isClosed: boolean
  readonly face: ReactNode
  readonly bar: string | undefined
  readonly onSelect: () => void
  readonly onToggle: () => void
}): ReactElement {
  const { row, bar } = props
  const { span } = row
  const left = (span.offsetUs / props.endUs) * 100
  const width = (span.durationUs / props.endUs) * 100
  return (
    // The tree itself has the focus and the keys.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      role="treeitem"
      id={`span-${span.spanId}`}
      aria-level={row.depth + 1}
      aria-expanded={row.childCount > 0 ? !props.isClosed : undefined}
      aria-selected={props.isSelected}
      onClick={props.onSelect}
      className={classes(
        'absolute inset-x-0 grid cursor-default items-center px-3',
        props.isSelected ? 'bg-selected shadow-[inset_2px_0_0_var(--accent)]' : 'hover:bg-hover',
      )}
      style={{ top: props.topPx, height: rowPx, gridTemplateColumns: props.columns }}
    >
      <div className="flex min-w-0 items-center gap-1.5 pr-2">
        <span aria-hidden className="flex shrink-0 self-stretch" style={{ width: row.depth * 14 }} />
        <button
          type="button"
          tabIndex={-1}
          aria-label={props.isClosed ? `Open ${span.name}` : `Close ${span.name}`}
          onClick={(event) => {
            event.stopPropagation()
            props.onToggle()
          }}
          className={classes(
            'flex size-4 shrink-0 items-center justify-center text-faint',
            row.childCount === 0 && 'invisible',
          )}
        >
          <ChevronRight
            size={12}
            className={classes('transition-transform', !props.isClosed && 'rotate-90')}
            aria-hidden
          />
        </button>
        {props.face}
        <span className="truncate" title={span.name}>
          {span.name}
        </span>
        {props.isClosed && row.childCount > 0 && (
          <span className="text-small text-faint">+{row.childCount}</span>
        )}
        {bar === undefined && (
          <span className="ml-auto pl-2 text-small whitespace-nowrap text-muted tabular-nums">
            {formatDuration(span.durationUs / 1000)}
          </span>
        )}
      </div>
      {bar !== undefined && (
        <div className="relative mr-14 h-full">
          <span
            className={classes('absolute top-1/2 h-2 min-w-0.5 -translate-y-1/2 rounded-[2px]', bar)}
            style={{ left: `${String(left)}%`, width: `${String(width)}%` }}
          />
          <span
            className="absolute top-1/2 -translate-y-1/2 pl-1.5 text-small whitespace-nowrap text-muted tabular-nums"
            style={{ left: `${String(Math.min(100, left + width))}%` }}
          >
            {formatDuration(span.durationUs / 1000)}
          </span>
        </div>
      )}
    </div>
  )
}
