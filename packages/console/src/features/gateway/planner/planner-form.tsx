import type { Model } from '@ratchet/contract'
import type { ReactElement, ReactNode } from 'react'
import { Field } from '../../../ui/controls/field.tsx'
import { Input } from '../../../ui/controls/input.tsx'
import { Segmented } from '../../../ui/controls/segmented.tsx'
import { ModelPicker } from './model-picker.tsx'
import { modelsOf, type PlanField, type PlanSearch } from './plan-search.ts'
import type { PlanProblems } from './read-plan.ts'
import { TraceFields } from './trace-fields.tsx'

const sources = [
  { value: 'traces', label: 'From traces' },
  { value: 'typed', label: 'Typed' },
] as const

/** What to plan for. Every change is in the URL at once; the plan follows when typing rests. */
export function PlannerForm(props: {
  readonly search: PlanSearch
  readonly onChange: (next: PlanSearch) => void
  readonly models: readonly Model[] | undefined
  readonly environment: string
  readonly problems: PlanProblems
}): ReactElement {
  const { search, onChange, problems } = props
  const isTyped = search.from === 'typed'
  const text = (field: PlanField, label: string, placeholder: string): ReactElement => (
    <Field label={label} problem={problems[field]}>
      <Input
        value={search[field] ?? ''}
        onChange={(value) => onChange({ [field]: value === '' ? undefined : value })}
        placeholder={placeholder}
      />
    </Field>
  )
  return (
    <form
      aria-label="What to plan for"
      className="flex flex-col gap-5"
      onSubmit={(event) => event.preventDefault()}
    >
      <ModelPicker
        models={props.models}
        chosen={modelsOf(search)}
        onChange={(names) => onChange({ models: names.length === 0 ? undefined : names.join(',') })}
        problem={problems.models}
      />
      <Part title="Traffic">
        <div>
          <Segmented
            label="Where the traffic comes from"
            value={isTyped ? 'typed' : 'traces'}
            options={sources}
            onChange={(next) => onChange({ from: next === 'typed' ? 'typed' : undefined })}
          />
        </div>
        {isTyped ? (
          <>
            {text('requests', 'Requests a day', '5,000')}
            <Pair>
              {text('input', 'Input tokens, mean', '1,200')}
              {text('inputP95', '95 % stay below', 'as the mean')}
            </Pair>
            <Pair>
              {text('output', 'Output tokens, mean', '300')}
              {text('outputP95', '95 % stay below', 'as the mean')}
            </Pair>
          </>
        ) : (
          <>
            <TraceFields search={search} onChange={onChange} environment={props.environment} />
            {text('requests', 'Requests a day', 'as recorded')}
          </>
        )}
      </Part>
      <Part title="Bursts">
        <Pair>
          {text('peak', 'Peak × average', isTyped ? '3' : 'as recorded')}
          {text('speed', 'Tokens a second', 'as measured')}
        </Pair>
      </Part>
      <Part title="What could be saved">
        <Pair>
          {text('shorten', 'Shorter prompts, %', '20')}
          {text('cacheable', 'Cacheable, %', isTyped ? '0' : 'as recorded')}
        </Pair>
        <Pair>
          {text('batch', 'Can wait, %', '0')}
          {isTyped ? undefined : text('keep', 'Keep, minutes', '60')}
        </Pair>
      </Part>
    </form>
  )
}

function Part(props: { readonly title: string; readonly children: ReactNode }): ReactElement {
  return (
    <fieldset className="m-0 flex min-w-0 flex-col gap-3 border-0 p-0">
      <legend className="p-0 pb-2 font-medium">{props.title}</legend>
      {props.children}
    </fieldset>
  )
}

function Pair(props: { readonly children: ReactNode }): ReactElement {
  return <div className="grid grid-cols-2 items-start gap-3">{props.children}</div>
}
