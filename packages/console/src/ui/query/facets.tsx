import { type ReactElement, useState } from 'react'
import { Checkbox } from '../controls/checkbox.tsx'
import { formatCompact } from '../numbers/format-number.ts'
import { SkeletonLine } from '../states/skeleton.tsx'
import { type QueryTerm, toggleValue, valuesOf } from './query-terms.ts'

export type Facet = {
  readonly field: string
  readonly label: string
  readonly values: readonly { readonly value: string; readonly count: number }[]
}

const shownAtFirst = 6

/** The filter column: values of each field with their counts. It edits the same terms as the query bar. */
export function Facets(props: {
  readonly facets: readonly Facet[] | undefined
  readonly terms: readonly QueryTerm[]
  readonly onChange: (terms: QueryTerm[]) => void
}): ReactElement {
  return (
    <div className="flex flex-col gap-5">
      {props.facets === undefined
        ? [5, 3, 4].map((lines, group) => (
            <div key={lines} className="flex flex-col gap-3">
              {Array.from({ length: lines }, (_, index) => (
                <SkeletonLine key={index} seed={index + group} />
              ))}
            </div>
          ))
        : props.facets.map((facet) => (
            <FacetGroup
              key={facet.field}
              facet={facet}
              chosen={valuesOf(props.terms, facet.field)}
              onToggle={(value) => props.onChange(toggleValue(props.terms, facet.field, value))}
            />
          ))}
    </div>
  )
}

function FacetGroup(props: {
  readonly facet: Facet
  readonly chosen: readonly string[]
  readonly onToggle: (value: string) => void
}): ReactElement | undefined {
  const [isOpen, setIsOpen] = useState(false)
  const { facet, chosen } = props
  // A chosen value stays visible when nothing has it any more; else it could not be taken back here.
  const missing = chosen.filter((value) => facet.values.every((known) => known.value !== value))
  const all = [...missing.map((value) => ({ value, count: 0 })), ...facet.values]
  if (all.length === 0) return undefined
  const shown = isOpen ? all : all.slice(0, Math.max(shownAtFirst, missing.length))
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-small font-medium text-muted">{facet.label}</legend>
      <ul className="flex flex-col">
        {shown.map(({ value, count }) => (
          <li key={value} className="flex h-6.5 items-center gap-2">
            <div className="flex min-w-0 flex-1">
              <Checkbox checked={chosen.includes(value)} onChange={() => props.onToggle(value)}>
                <span className="truncate" title={value}>
                  {value === '' ? <span className="text-faint">none</span> : value}
                </span>
              </Checkbox>
            </div>
            <span className="text-small text-faint tabular-nums">{formatCompact(count)}</span>
          </li>
        ))}
      </ul>
      {all.length > shown.length && (
        <button
          type="button"
          onClick={() => setIsOpen(true)}
          className="mt-0.5 text-small text-muted hover:text-ink"
        >
          {all.length - shown.length} more
        </button>
      )}
    </fieldset>
  )
}
