import { type ReactElement, useMemo, useRef } from 'react'
import { useElementWidth } from '../table/use-element-width.ts'
import { fillGaps, type SparkPoint } from './spark-points.ts'

const widestBarPx = 20

/** Counts over time in one line of text height; the part that failed in red on the same bar. */
export function SparkBars(props: {
  readonly points: readonly SparkPoint[]
  readonly label: string
  readonly heightPx?: number
  /** Writes the first and last time below. */
  readonly hasTimes?: boolean
  /** A bar was clicked. A shortcut only: the same range can be typed or chosen elsewhere. */
  readonly onOpen?: (from: string, to: string | undefined) => void
}): ReactElement {
  const points = useMemo(() => fillGaps(props.points), [props.points])
  const frame = useRef<HTMLDivElement>(null)
  const widthPx = useElementWidth(frame, 600)
  const height = props.heightPx ?? 28
  const top = Math.max(1, ...points.map(({ total }) => total))
  const slotPx = widthPx / Math.max(1, points.length)
  const barPx = Math.max(1, Math.min(widestBarPx, slotPx * 0.8))
  return (
    <div ref={frame} className="min-w-0">
      <svg role="img" aria-label={props.label} width="100%" height={height} className="block">
        {points.map((point, index) => (
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
          <g
            key={point.at}
            onClick={() => props.onOpen?.(point.at, points[index + 1]?.at)}
            className={props.onOpen === undefined ? undefined : 'cursor-pointer'}
          >
            <title>{describePoint(point)}</title>
            <rect x={index * slotPx} y={0} width={slotPx} height={height} fill="transparent" />
            <Bar
              x={index * slotPx + (slotPx - barPx) / 2}
              widthPx={barPx}
              point={point}
              top={top}
              heightPx={height}
            />
          </g>
        ))}
        <rect x={0} y={height - 1} width="100%" height={1} fill="var(--border)" />
      </svg>
      {props.hasTimes === true && <Times points={points} />}
    </div>
  )
}

function Bar(props: {
  readonly x: number
  readonly widthPx: number
  readonly point: SparkPoint
  readonly top: number
  readonly heightPx: number
}): ReactElement {
  const { x, widthPx, point, top, heightPx } = props
  // What happened at least once is at least two pixels high.
  const size = (value: number): number => (value === 0 ? 0 : Math.max(2, (value / top) * (heightPx - 1)))
  const [total, bad] = [size(point.total), size(point.bad)]
  return (
    <>
      <rect x={x} y={heightPx - total} width={widthPx} height={total} fill="var(--border-strong)" />
      <rect x={x} y={heightPx - bad} width={widthPx} height={bad} fill="var(--bad)" />
    </>
  )
}

function Times(props: { readonly points: readonly SparkPoint[] }): ReactElement | undefined {
  const [first, last] = [props.points[0], props.points.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const words = (at: string): string =>
    new Date(at).toLocaleString('en-GB', {
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
    })
  return (
    <div aria-hidden className="flex justify-between pt-1 text-small text-faint tabular-nums">
      <span>{words(first.at)}</span>
      {last !== first && <span>{words(last.at)}</span>}
    </div>
  )
}

function describePoint(point: SparkPoint): string {
  const when = new Date(point.at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
  return `${when}: ${String(point.total)}, of these failed: ${String(point.bad)}`
}
