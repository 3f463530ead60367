import type { ReactElement } from 'react'
import { formatCostNano, formatPercent } from '../../../ui/numbers/format-number.ts'
import type { SavingRow } from './plan-words.ts'

/** Each saving alone against the month as it is: what stays to be paid is solid, what is saved is the pale rest. */
export function SavingBars(props: {
  readonly monthNano: number
  readonly rows: readonly SavingRow[]
}): ReactElement {
  const { monthNano, rows } = props
  const top = Math.max(1, monthNano, ...rows.map(({ leftNano }) => leftNano))
  const width = (nano: number): string => `${String(Math.max(0, (nano / top) * 100))}%`
  return (
    <ul aria-label="Savings of a month" className="flex flex-col gap-2">
      <Row label="As it is" note="">
        <Bar left={width(monthNano)} saved="0" />
        <span className="text-right tabular-nums">{formatCostNano(monthNano)}</span>
      </Row>
      {rows.map(({ id, label, note, leftNano, savedNano }) => (
        <Row key={id} label={label} note={note}>
          <Bar left={width(leftNano)} saved={width(Math.max(0, savedNano))} />
          <span className="text-right whitespace-nowrap tabular-nums">
            {savedNano <= 0 || monthNano === 0 ? (
              <span className="text-faint">saves nothing</span>
            ) : (
              <>
                <span className="font-medium text-ok">−{formatCostNano(savedNano)}</span>{' '}
                <span className="text-muted">({formatPercent(savedNano / monthNano)})</span>
              </>
            )}
          </span>
        </Row>
      ))}
    </ul>
  )
}

function Row(props: {
  readonly label: string
  readonly note: string
  readonly children: readonly ReactElement[]
}): ReactElement {
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1 sm:grid-cols-[minmax(0,16rem)_minmax(0,1fr)_9.5rem]">
      <span className="min-w-0">
        <span className="block truncate">{props.label}</span>
        {props.note !== '' && (
          <span className="block truncate text-small text-muted" title={props.note}>
            {props.note}
          </span>
        )}
      </span>
      {props.children}
    </li>
  )
}

function Bar(props: { readonly left: string; readonly saved: string }): ReactElement {
  return (
    <span aria-hidden className="flex h-4 max-sm:order-last max-sm:col-span-2">
      <span className="bg-accent" style={{ width: props.left }} />
      <span
        className="border border-dashed border-line-control bg-ok-bg"
        style={{
          width: props.saved,
          display: props.saved === '0' || props.saved === '0%' ? 'none' : undefined,
        }}
      />
    </span>
  )
}
