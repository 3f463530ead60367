import type { ReactElement, ReactNode } from 'react'
import { formatCount, noData } from './format-number.ts'

/** One figure with what makes it honest: its unit, its interval and how many observations it rests on. */
export function Stat(props: {
  readonly label: string
  /** Already formatted, or undefined when there is no data. */
  readonly value: string | undefined
  readonly unit?: string
  readonly low?: string | undefined
  readonly high?: string | undefined
  readonly n?: number | undefined
  readonly note?: ReactNode
}): ReactElement {
  const hasInterval = props.low !== undefined && props.high !== undefined
  return (
    <div className="flex min-w-0 flex-col gap-0.5">
      <span className="truncate text-small text-muted">{props.label}</span>
      <span className="flex items-baseline gap-1 text-title font-semibold tabular-nums">
        {props.value ?? <span className="font-normal text-faint">{noData}</span>}
        {props.unit !== undefined && props.value !== undefined && (
          <span className="text-body font-normal text-muted">{props.unit}</span>
        )}
      </span>
      <span className="truncate text-small text-faint tabular-nums">
        {hasInterval && `${props.low ?? ''} to ${props.high ?? ''}`}
        {hasInterval && props.n !== undefined && ' · '}
        {props.n !== undefined && `n = ${formatCount(props.n)}`}
        {props.note}
      </span>
    </div>
  )
}
