import type { ReactElement } from 'react'
import { Tooltip } from '../overlays/tooltip.tsx'
import { formatExactTime, formatRelativeTime } from './format-time.ts'
import { useNow } from './use-now.ts'
import { noData } from './format-number.ts'

/** A moment: relative to now, exact on hover. */
export function Time(props: { readonly at: string | number | Date | undefined | null }): ReactElement {
  const now = useNow()
  if (props.at === undefined || props.at === null) return <span className="text-faint">{noData}</span>
  const at = new Date(props.at)
  // The shared clock ticks rarely, so a row newer than it must not read as the future.
  const reference = at > now && at.getTime() - now.getTime() < 60_000 ? at : now
  return (
    <Tooltip words={<span className="font-mono">{formatExactTime(at)}</span>}>
      <time
        dateTime={Number.isNaN(at.getTime()) ? '' : at.toISOString()}
        className="whitespace-nowrap tabular-nums"
      >
        {formatRelativeTime(at, reference)}
      </time>
    </Tooltip>
  )
}
