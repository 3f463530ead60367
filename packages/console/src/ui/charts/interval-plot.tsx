/* eslint-disable jsx-a11y/prefer-tag-over-role -- rows share one grid (subgrid), which table elements cannot */
import { type ReactElement, type ReactNode, useRef } from 'react'
import { classes } from '../classes.ts'
import { useElementWidth } from '../table/use-element-width.ts'
import { niceTicks, shareBetween } from './chart-scale.ts'

export type IntervalRow = {
  readonly id: string
  readonly label: ReactNode
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
  /** Exact words on the right: the figure, its interval, n. */
  readonly words: ReactNode
  readonly tone?: 'ok' | 'bad' | 'neutral' | 'unclear'
}

const tones = { ok: 'text-ok', bad: 'text-bad', neutral: 'text-accent', unclear: 'text-faint' } as const
const rowPx = 32

/**
 * One dot with whiskers per row, on one shared axis. `reference` draws the line to compare with (zero for
 * differences). Rows without a value show "–" and no dot.
 */
export function IntervalPlot(props: {
  readonly rows: readonly IntervalRow[]
  readonly axis: { readonly low: number; readonly high: number }
  readonly format: (value: number) => string
  readonly label: string
  readonly reference?: number
  readonly onOpen?: (id: string) => void
}): ReactElement {
  const { axis, reference, format } = props
  const plot = useRef<HTMLDivElement>(null)
  const widthPx = useElementWidth(plot, 400)
  const at = (value: number): string => `${String(shareBetween(value, axis.low, axis.high) * 100)}%`
  const ticks = ticksThatFit(axis, widthPx, format)
  return (
    <div
      role="table"
      aria-label={props.label}
      className="grid grid-cols-[minmax(96px,180px)_minmax(80px,1fr)_auto] gap-x-4"
    >
      {props.rows.map((row) => (
        <div
          key={row.id}
          role="row"
          className="col-span-3 grid grid-cols-subgrid items-center border-b border-line"
          style={{ height: rowPx }}
        >
          <div role="cell" className="truncate">
            {props.onOpen === undefined ? (
              row.label
            ) : (
              <button
                type="button"
                className="max-w-full truncate hover:underline"
                onClick={() => props.onOpen?.(row.id)}
              >
                {row.label}
              </button>
            )}
          </div>
          <div role="cell" className={classes('relative h-full', tones[row.tone ?? 'neutral'])}>
            <svg width="100%" height={rowPx} aria-hidden className="block overflow-visible">
              {ticks.map((tick) => (
                <line key={tick} x1={at(tick)} x2={at(tick)} y1={0} y2={rowPx} stroke="var(--border)" />
              ))}
              {reference !== undefined && (
                <line x1={at(reference)} x2={at(reference)} y1={0} y2={rowPx} stroke="var(--text-muted)" />
              )}
              {row.low !== null && row.high !== null && (
                <g stroke="currentColor" strokeWidth={1.5}>
                  <line x1={at(row.low)} x2={at(row.high)} y1={rowPx / 2} y2={rowPx / 2} />
                  <line x1={at(row.low)} x2={at(row.low)} y1={rowPx / 2 - 4} y2={rowPx / 2 + 4} />
                  <line x1={at(row.high)} x2={at(row.high)} y1={rowPx / 2 - 4} y2={rowPx / 2 + 4} />
                </g>
              )}
              {row.value !== null && <circle cx={at(row.value)} cy={rowPx / 2} r={4} fill="currentColor" />}
            </svg>
          </div>
          <div role="cell" className="text-right whitespace-nowrap tabular-nums">
            {row.words}
          </div>
        </div>
      ))}
      <div aria-hidden className="col-start-2 h-5 text-small text-faint" ref={plot}>
        <div className="relative h-full">
          {ticks.map((tick) => (
            <span
              key={tick}
              className="absolute top-0.5 -translate-x-1/2 whitespace-nowrap tabular-nums"
              style={{ left: at(tick) }}
            >
              {format(tick)}
            </span>
          ))}
        </div>
      </div>
    </div>
  )
}

const characterPx = 7

/** As many round ticks as have room for their words; at least what two can say. */
function ticksThatFit(
  axis: { readonly low: number; readonly high: number },
  widthPx: number,
  format: (value: number) => string,
): readonly number[] {
  const candidates = [8, 6, 4, 3].map((count) => niceTicks(axis.low, axis.high, count))
  const fits = (ticks: readonly number[]): boolean =>
    ticks.reduce((sum, tick) => sum + format(tick).length * characterPx + 12, 0) <= widthPx
  return candidates.find(fits) ?? niceTicks(axis.low, axis.high, 2)
}
