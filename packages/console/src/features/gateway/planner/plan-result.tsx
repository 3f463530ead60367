import type { ReactElement, ReactNode } from 'react'
import { CommandLine } from '../../../ui/code/command-line.tsx'
import { Select } from '../../../ui/controls/select.tsx'
import {
  formatCompact,
  formatCount,
  formatPercent,
  formatQuantity,
  formatScore,
} from '../../../ui/numbers/format-number.ts'
import { DataTable } from '../../../ui/table/data-table.tsx'
import { MonthBars } from './month-bars.tsx'
import { planColumns } from './plan-columns.tsx'
import { type Plan, savingRows } from './plan-words.ts'
import { type PlanBody, planCommand } from './read-plan.ts'
import { SavingBars } from './saving-bars.tsx'

/** A plan: what it rests on, models side by side, what each change would save, and the command that makes it again. */
export function PlanResult(props: {
  readonly plan: Plan
  readonly body: PlanBody
  /** The model whose savings are shown. */
  readonly of: string | undefined
  readonly onChoose: (name: string) => void
  /** An older plan than the form asks for. */
  readonly isOld: boolean
}): ReactElement {
  const { plan, body } = props
  const model = plan.models.find(({ name }) => name === props.of) ?? plan.models[0]
  const dearest = Math.max(0, ...plan.models.map(({ monthNano }) => monthNano))
  const assumed = {
    shortenBy: body.shortenBy ?? 0.2,
    batchableShare: body.batchableShare ?? 0,
    cacheSeconds: body.cacheSeconds ?? 3600,
  }
  return (
    <div
      className={`flex min-w-0 flex-col gap-8 transition-opacity ${props.isOld ? 'opacity-60' : ''}`}
      aria-busy={props.isOld}
    >
      <Section title="A month on each model" note={<TrafficWords plan={plan} />}>
        <MonthBars models={plan.models} />
      </Section>
      <section aria-label="Cost and capacity" className="-mx-4 md:-mx-6">
        <DataTable
          label="Cost and capacity"
          columns={planColumns(dearest)}
          rows={plan.models}
          rowKey={({ name }) => name}
          selectedKey={model?.name}
          onSelect={({ name }) => props.onChoose(name)}
          onOpen={({ name }) => props.onChoose(name)}
          unbounded
        />
      </section>
      {model !== undefined && (
        <Section
          title="What would save"
          note="Each alone; they do not add up."
          action={
            <Select
              label="Savings of model"
              value={model.name}
              options={plan.models.map(({ name }) => ({ value: name, label: name }))}
              onChange={props.onChoose}
            />
          }
        >
          <SavingBars monthNano={model.monthNano} rows={savingRows(plan, model, assumed)} />
        </Section>
      )}
      <Section title="The same in a terminal">
        <CommandLine command={planCommand(body)} />
      </Section>
    </div>
  )
}

function Section(props: {
  readonly title: string
  readonly note?: ReactNode
  readonly action?: ReactNode
  readonly children: ReactNode
}): ReactElement {
  return (
    <section aria-label={props.title} className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h2 className="font-medium">{props.title}</h2>
          {props.note !== undefined && <p className="text-small text-muted">{props.note}</p>}
        </div>
        {props.action}
      </div>
      {props.children}
    </section>
  )
}

function TrafficWords({ plan: { traffic } }: { readonly plan: Plan }): ReactElement {
  const rests =
    traffic.recordedCalls === undefined
      ? 'typed'
      : `from ${formatQuantity(traffic.recordedCalls, 'recorded call')}`
  return (
    <>
      {formatCount(Math.round(traffic.requestsPerDay))} requests a day ({rests}),{' '}
      {formatCompact(Math.round(traffic.meanInputTokens))} tokens in and{' '}
      {formatCompact(Math.round(traffic.meanOutputTokens))} out on average; at the peak{' '}
      {formatScore(traffic.peakRequestsPerSecond)} requests a second, {formatCompact(traffic.peakFactor)}{' '}
      times the average
      {traffic.repeatShare === undefined
        ? ''
        : `; ${formatPercent(traffic.repeatShare)} repeat an earlier call`}
      .
    </>
  )
}
