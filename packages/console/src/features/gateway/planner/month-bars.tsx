import type { ReactElement } from 'react'
import { formatCostNano } from '../../../ui/numbers/format-number.ts'
import type { PlannedModel } from './plan-words.ts'

/** What a month costs on each model, as bars from zero on one scale; the thin line is the 95 % interval. */
export function MonthBars({ models }: { readonly models: readonly PlannedModel[] }): ReactElement {
  const top = Math.max(1, ...models.map(({ monthNano, interval }) => interval?.high ?? monthNano))
  const share = (nano: number): string => `${String(Math.max(0, (nano / top) * 100))}%`
  return (
    <ul aria-label="Cost of a month by model" className="flex flex-col gap-2">
      {models.map(({ name, monthNano, interval }) => (
        <li
          key={name}
          className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 sm:grid-cols-[minmax(0,16rem)_minmax(0,1fr)_9.5rem]"
        >
          <span className="truncate font-mono text-small" title={name}>
            {name}
          </span>
          <span aria-hidden className="relative h-4 max-sm:order-last max-sm:col-span-2 max-sm:mt-1">
            <span
              className="absolute inset-y-0 left-0 rounded-r-mark bg-accent"
              style={{ width: monthNano === 0 ? '0' : `max(2px, ${share(monthNano)})` }}
            />
            {interval !== undefined && interval.high > interval.low && (
              <span
                className="absolute top-1/2 h-2 -translate-y-1/2 border-x border-ink before:absolute before:inset-x-0 before:top-1/2 before:h-px before:bg-ink"
                style={{ left: share(interval.low), width: share(interval.high - interval.low) }}
              />
            )}
          </span>
          <span className="text-right font-medium tabular-nums">{formatCostNano(monthNano)}</span>
        </li>
      ))}
    </ul>
  )
}
