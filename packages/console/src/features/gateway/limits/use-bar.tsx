/* eslint-disable jsx-a11y/prefer-tag-over-role -- the inside of a meter element cannot be styled the same in every browser */
import type { LimitUse } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { formatPercent } from '../../../ui/numbers/format-number.ts'
import { amountWords, shareOf, useTone } from './limit-words.ts'

const fills = { ok: 'bg-line-control', warn: 'bg-warn', bad: 'bg-bad' } as const

/** How much of a limit is used: a bar, and the figures in words. A tick shows where a budget is heading. */
export function UseBar(props: { readonly use: LimitUse }): ReactElement {
  const { use } = props
  const share = shareOf(use)
  const tone = useTone(share)
  const fill = tone === 'bad' || tone === 'warn' ? fills[tone] : fills.ok
  const projected =
    use.projected === undefined || use.limit === 0 ? undefined : Math.min(1, use.projected / use.limit)
  return (
    <span className="flex min-w-0 items-center gap-2">
      <span
        role="meter"
        aria-label={`Use of ${use.name}${use.subject === '' ? '' : ` by ${use.subjectName ?? use.subject}`}`}
        aria-valuenow={Math.round(Math.min(1, share) * 100)}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuetext={formatPercent(share)}
        className="relative h-2 min-w-12 flex-1 overflow-hidden rounded-round bg-active"
      >
        <span
          className={`absolute inset-y-0 left-0 rounded-round ${fill}`}
          style={{ width: `${String(Math.min(1, share) * 100)}%` }}
        />
        {projected !== undefined && (
          <span
            className="absolute inset-y-0 w-0.5 bg-ink"
            style={{ left: `calc(${String(projected * 100)}% - 2px)` }}
          />
        )}
      </span>
      <span className="shrink-0 text-small whitespace-nowrap text-muted tabular-nums">
        {amountWords(use, use.used)} of {amountWords(use, use.limit)}
      </span>
    </span>
  )
}
