import type { LimitUse } from '@ratchet/contract'
import { formatCount, formatPercent } from '../../../ui/numbers/format-number.ts'
import { Time } from '../../../ui/numbers/time.tsx'
import { State } from '../../../ui/states/state.tsx'
import type { Column } from '../../../ui/table/column.ts'
import { allowanceWords, forecastOf, type LimitItem, scopeWords, shareOf } from './limit-words.ts'
import { UseBar } from './use-bar.tsx'

/** A limit with its use by subject, the fullest first. */
export type LimitRow = LimitItem & { readonly uses: readonly LimitUse[] | undefined }

/** Columns of limits and budgets. Each shows the subject that is nearest to its limit. */
export const limitColumns: readonly Column<LimitRow>[] = [
  {
    id: 'name',
    header: 'Name',
    width: { min: 100, share: 1.4 },
    cell: ({ item }) => <span className="font-medium">{item.name}</span>,
  },
  {
    id: 'allowance',
    header: 'Allows',
    width: { min: 130, share: 2 },
    hideBelowPx: 620,
    cell: (row) => <span className="text-muted">{allowanceWords(row)}</span>,
  },
  {
    id: 'whose',
    header: 'Whose',
    width: { min: 90, share: 1 },
    hideBelowPx: 740,
    cell: ({ item }) => <span className="text-muted">{scopeWords(item)}</span>,
  },
  {
    id: 'use',
    header: 'Fullest',
    width: { min: 160, share: 2.4 },
    cell: ({ uses }) =>
      uses === undefined ? undefined : uses[0] === undefined ? (
        <span className="text-faint">not used in this window</span>
      ) : (
        <UseBar use={uses[0]} />
      ),
  },
  {
    id: 'subject',
    header: 'By',
    width: { min: 80, share: 1 },
    hideBelowPx: 840,
    cell: ({ uses }) => {
      const top = uses?.[0]
      return <span className="text-muted">{top === undefined ? '' : (top.subjectName ?? top.subject)}</span>
    },
  },
  {
    id: 'forecast',
    header: 'By period end',
    width: 150,
    hideBelowPx: 940,
    cell: ({ uses }) => {
      const forecast = uses?.[0] === undefined ? undefined : forecastOf(uses[0])
      return forecast === undefined ? (
        <span className="text-faint">–</span>
      ) : (
        <State tone={forecast.tone}>{forecast.words}</State>
      )
    },
  },
  {
    id: 'reset',
    header: 'Resets',
    width: 84,
    align: 'end',
    hideBelowPx: 1020,
    cell: ({ uses }) => <Time at={uses?.[0]?.resetsAt} />,
  },
]

/** Columns of the subjects of one limit. */
export const subjectColumns: readonly Column<LimitUse>[] = [
  {
    id: 'subject',
    header: 'Whose',
    width: { min: 90, share: 1 },
    cell: ({ subject, subjectName }) =>
      subject === '' ? 'the project' : <span title={subject}>{subjectName ?? subject}</span>,
  },
  { id: 'use', header: 'Use', width: { min: 150, share: 2 }, cell: (use) => <UseBar use={use} /> },
  {
    id: 'share',
    header: 'Share',
    width: 70,
    align: 'end',
    cell: (use) => (use.limit === 0 ? formatCount(use.used) : formatPercent(shareOf(use))),
  },
]
