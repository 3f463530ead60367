import { traceFacets } from '@ratchet/contract'
import { type ReactElement, useMemo, useState } from 'react'
import { useCall } from '../../../api/use-call.ts'
import { Field } from '../../../ui/controls/field.tsx'
import { Input } from '../../../ui/controls/input.tsx'
import { Select } from '../../../ui/controls/select.tsx'
import { printValue } from '../../../ui/query/query-terms.ts'
import { planRanges, type PlanSearch, usualRange } from './plan-search.ts'

/** Which recorded calls the plan rests on: time range, app, model, and any other trace query. */
export function TraceFields(props: {
  readonly search: PlanSearch
  readonly onChange: (next: PlanSearch) => void
  readonly environment: string
}): ReactElement {
  const { search, onChange } = props
  const range = search.range ?? usualRange
  const [openedAt] = useState(() => Date.now())
  const from = useMemo(() => {
    const days = planRanges.find(({ value }) => value === range)?.days ?? 7
    return new Date(Math.floor(openedAt / 60_000) * 60_000 - days * 86_400_000).toISOString()
  }, [range, openedAt])
  const known = useCall(traceFacets, {
    query: { query: `environment:${printValue(props.environment)}`, from },
  })
  const choices = (name: 'app' | 'model'): { value: string; label: string }[] => {
    const found = known.data?.facets.find(({ field }) => field === name)?.values ?? []
    const names = found.map(({ value }) => value).filter((value) => value !== '')
    const chosen = search[name]
    // A link may name one that was not called in this range.
    const all = chosen === undefined || names.includes(chosen) ? names : [chosen, ...names]
    return [{ value: '', label: `All ${name}s` }, ...all.map((value) => ({ value, label: value }))]
  }
  return (
    <>
      <div className="flex flex-wrap gap-2">
        <Select
          label="Time range"
          value={range}
          options={planRanges.map(({ value, label }) => ({ value, label }))}
          onChange={(next) => onChange({ range: next === usualRange ? undefined : next })}
        />
        {(['app', 'model'] as const).map((name) => (
          <Select
            key={name}
            label={`Recorded ${name}`}
            value={search[name] ?? ''}
            options={choices(name)}
            onChange={(next) => onChange({ [name]: next === '' ? undefined : next })}
          />
        ))}
      </div>
      <Field label="Only traces that match" optional>
        <Input
          value={search.q ?? ''}
          onChange={(q) => onChange({ q: q === '' ? undefined : q })}
          placeholder="user:ada -status:error"
          mono
        />
      </Field>
    </>
  )
}
