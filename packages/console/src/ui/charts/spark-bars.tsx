import type { ReactElement } from 'react'

/** Counts over time in one line of text height; the part that failed in red on the same bar. */
export function SparkBars(props: {
  readonly points: readonly { readonly at: string; readonly total: number; readonly bad: number }[]
  readonly label: string
  readonly heightPx?: number
  /** A bar was clicked. A shortcut only: the same range can be typed or chosen elsewhere. */
  readonly onOpen?: (index: number) => void
}): ReactElement {
  const height = props.heightPx ?? 28
  const top = Math.max(1, ...props.points.map(({ total }) => total))
  const count = Math.max(1, props.points.length)
  return (
    <svg
      role="img"
      aria-label={props.label}
      width="100%"
      height={height}
      viewBox={`0 0 ${String(count)} ${String(height)}`}
      preserveAspectRatio="none"
      className="block"
    >
      {props.points.map((point, index) => {
        const total = (point.total / top) * (height - 1)
        const bad = (point.bad / top) * (height - 1)
        return (
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
          <g
            key={point.at}
            onClick={() => props.onOpen?.(index)}
            className={props.onOpen === undefined ? undefined : 'cursor-pointer'}
          >
            <title>{`${new Date(point.at).toLocaleString()}: ${String(point.total)}, of these failed: ${String(point.bad)}`}</title>
            <rect x={index} y={0} width={1} height={height} fill="transparent" />
            <rect
              x={index + 0.1}
              y={height - Math.max(total, point.total > 0 ? 2 : 0)}
              width={0.8}
              height={Math.max(total, point.total > 0 ? 2 : 0)}
              fill="var(--border-strong)"
            />
            {point.bad > 0 && (
              <rect
                x={index + 0.1}
                y={height - Math.max(2, bad)}
                width={0.8}
                height={Math.max(2, bad)}
                fill="var(--bad)"
              />
            )}
          </g>
        )
      })}
      <rect x={0} y={height - 1} width={count} height={1} fill="var(--border)" />
    </svg>
  )
}
