import { X } from 'lucide-react'
import type { ReactElement } from 'react'
import { Button } from '../../ui/controls/button.tsx'
import { Select } from '../../ui/controls/select.tsx'
import { Switch } from '../../ui/controls/switch.tsx'
import { defaultRange, ranges } from './time-range.ts'
import type { Tail } from './use-trace-tail.ts'

type Search = {
  range?: string | undefined
  from?: string | undefined
  to?: string | undefined
  live?: string | undefined
}

const tailWords: Readonly<Record<Tail['state'], string>> = {
  off: 'Live',
  connecting: 'Live',
  live: 'Live',
  lost: 'Reconnecting',
}

/** Time range and live switch. An exact range (from the chart) shows as itself and can be dropped. */
export function TraceToolbar(props: {
  readonly search: Search
  readonly tail: Tail['state']
  readonly onChange: (next: Search) => void
}): ReactElement {
  const { search, onChange } = props
  const isExact = search.from !== undefined || search.to !== undefined
  return (
    <>
      {isExact ? (
        <Button
          icon={<X size={13} aria-hidden />}
          label="Clear the time range"
          onClick={() => onChange({ from: undefined, to: undefined })}
        >
          <span className="tabular-nums">
            {short(search.from)} to {search.to === undefined ? 'now' : short(search.to)}
          </span>
        </Button>
      ) : (
        <Select
          label="Time range"
          value={ranges.find(({ value }) => value === search.range)?.value ?? defaultRange}
          options={ranges.map(({ value, label }) => ({ value, label }))}
          onChange={(range) => onChange({ range: range === defaultRange ? undefined : range })}
        />
      )}
      <Switch
        checked={search.live === 'true'}
        onChange={(live) => onChange({ live: live ? 'true' : undefined })}
      >
        <span className={props.tail === 'lost' ? 'text-warn' : 'text-muted'}>{tailWords[props.tail]}</span>
      </Switch>
    </>
  )
}

function short(time: string | undefined): string {
  if (time === undefined) return 'the beginning'
  return new Date(time).toLocaleString('en-GB', {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  })
}
