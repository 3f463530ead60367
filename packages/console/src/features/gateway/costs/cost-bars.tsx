import type { getUsage, OutputOf } from '@ratchet/contract'
import { type ReactElement, useRef } from 'react'
import { niceTicks } from '../../../ui/charts/chart-scale.ts'
import { formatCostNano, formatQuantity } from '../../../ui/numbers/format-number.ts'
import { useElementWidth } from '../../../ui/table/use-element-width.ts'
import { partColour } from './part-colour.ts'

type Bucket = NonNullable<OutputOf<typeof getUsage>['series']>[number]

const heightPx = 160
const axisPx = 56
const widestBarPx = 40

/** Cost by day, each bar made of the groups of the table in their shades, all others in grey on top. */
export function CostBars(props: {
  readonly series: readonly Bucket[]
  /** Names of the parts, in their order. */
  readonly names: readonly string[]
  readonly label: string
  /** A bar was clicked. A shortcut only: the table opens the same traces. */
  readonly onOpen: (bucket: Bucket) => void
}): ReactElement {
  const { series, names } = props
  const frame = useRef<HTMLDivElement>(null)
  const widthPx = useElementWidth(frame, 800)
  const top = Math.max(1, ...series.map(({ costNano }) => costNano))
  const ticks = niceTicks(0, top, 3)
  const scaleTop = Math.max(top, ticks.at(-1) ?? top)
  const slotPx = Math.max(1, (widthPx - axisPx) / Math.max(1, series.length))
  const barPx = Math.max(1, Math.min(widestBarPx, slotPx * 0.75))
  const place = (nano: number): number => heightPx - (nano / scaleTop) * (heightPx - 8)
  return (
    <div ref={frame} className="min-w-0">
      <svg role="img" aria-label={props.label} width="100%" height={heightPx + 20} className="block">
        {ticks.map((tick) => (
          <g key={tick}>
            <line x1={axisPx} x2="100%" y1={place(tick)} y2={place(tick)} stroke="var(--border)" />
            <text
              x={axisPx - 8}
              y={place(tick) + 4}
              textAnchor="end"
              className="fill-faint text-small tabular-nums"
            >
              {formatCostNano(tick)}
            </text>
          </g>
        ))}
        {series.map((bucket, index) => (
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
          <g key={bucket.at} onClick={() => props.onOpen(bucket)} className="cursor-pointer">
            <title>{describe(bucket, names)}</title>
            <rect
              x={axisPx + index * slotPx}
              y={0}
              width={slotPx}
              height={heightPx}
              className="fill-transparent hover:fill-hover"
            />
            {stack(bucket).map((part) => (
              <rect
                key={part.place}
                x={axisPx + index * slotPx + (slotPx - barPx) / 2}
                y={place(part.to)}
                width={barPx}
                height={Math.max(0, place(part.from) - place(part.to))}
                fill={partColour(part.place)}
                className="pointer-events-none"
              />
            ))}
            {isLabelled(index, series.length, slotPx) && (
              <text
                x={isAtEdge(index, series.length, slotPx) ? widthPx : axisPx + (index + 0.5) * slotPx}
                y={heightPx + 15}
                textAnchor={isAtEdge(index, series.length, slotPx) ? 'end' : 'middle'}
                className="fill-faint text-small tabular-nums"
              >
                {dayOf(bucket.at)}
              </text>
            )}
          </g>
        ))}
      </svg>
    </div>
  )
}

/** Parts from the bottom up; what no group has is last, at a place without a shade. */
function stack({ parts, costNano }: Bucket): { place: number; from: number; to: number }[] {
  const rest = Math.max(0, costNano - parts.reduce((sum, part) => sum + part, 0))
  let reached = 0
  return [...parts, rest].map((part, index) => {
    const from = reached
    reached += part
    return { place: index === parts.length ? 99 : index, from, to: reached }
  })
}

/** As many days as fit without touching, counted from the last one. */
function isLabelled(index: number, count: number, slotPx: number): boolean {
  return (count - 1 - index) % Math.ceil(52 / slotPx) === 0
}

/** The last label would be cut where bars are narrower than it. */
function isAtEdge(index: number, count: number, slotPx: number): boolean {
  return index === count - 1 && slotPx < 44
}

function dayOf(at: string): string {
  return new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
}

function describe(bucket: Bucket, names: readonly string[]): string {
  const lines = bucket.parts.map((part, index) => ({ part, name: names[index] ?? '' }))
  const rest = bucket.costNano - bucket.parts.reduce((sum, part) => sum + part, 0)
  return [
    `${dayOf(bucket.at)}: ${formatCostNano(bucket.costNano)}, ${formatQuantity(bucket.requests, 'request')}`,
    ...lines.filter(({ part }) => part !== 0).map(({ part, name }) => `${name} ${formatCostNano(part)}`),
    ...(rest > 0 ? [`all others ${formatCostNano(rest)}`] : []),
  ].join('\n')
}
