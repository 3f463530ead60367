import type { Model } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { Button } from '../../../ui/controls/button.tsx'
import { formatQuantity } from '../../../ui/numbers/format-number.ts'
import { EmptyState } from '../../../ui/states/empty-state.tsx'
import { fieldLabels, modelsOf, type PlanSearch } from './plan-search.ts'
import type { PlanProblems } from './read-plan.ts'

/** Before there is a plan: what it will say, what is still missing, and an example to start from. */
export function PlannerEmpty(props: {
  readonly search: PlanSearch
  readonly models: readonly Model[] | undefined
  readonly problems: PlanProblems
  readonly onChange: (next: PlanSearch) => void
}): ReactElement | undefined {
  const { models, onChange } = props
  const wrong = Object.entries(props.problems)
  if (wrong.length > 0)
    return (
      <EmptyState
        title={`There is a plan once ${formatQuantity(wrong.length, 'field')} ${wrong.length === 1 ? 'is' : 'are'} mended`}
      >
        <ul className="flex flex-col gap-1 pt-1">
          {wrong.map(([field, problem]) => (
            <li key={field}>
              <span className="font-medium text-ink">{fieldLabels[field] ?? field}</span>: {problem}
            </li>
          ))}
        </ul>
      </EmptyState>
    )
  if (models === undefined) return undefined
  const priced = models.filter(({ kind, price }) => kind === 'chat' && price !== undefined)
  const chosen = modelsOf(props.search)
  if (priced.length === 0 && chosen.length === 0)
    return (
      <EmptyState
        title="No model has a known price yet"
        command="npx ratchet connections add openai --key env:OPENAI_API_KEY"
      >
        Connect a provider: prices of its models are known then. Your own prices stand in gateway.yaml under
        prices.
      </EmptyState>
    )
  return (
    <EmptyState
      title={
        chosen.length === 0
          ? 'Choose the models to compare'
          : 'Say how many requests there are, and how long they are'
      }
      command={`npx ratchet plan cost --requests-per-day 5000 --input 1200/3000 --output 300/800 --models ${exampleModels(priced, chosen).join(',')}`}
      action={
        <Button
          onClick={() =>
            onChange({
              from: 'typed',
              requests: '5000',
              input: '1200',
              inputP95: '3000',
              output: '300',
              outputP95: '800',
              models: exampleModels(priced, chosen).join(','),
            })
          }
        >
          Fill in an example
        </Button>
      }
    >
      The plan says what a month costs on each, how many calls run at once at the peak, and what shorter
      prompts, caches, batches or a smaller model would save. Traffic is taken from your traces, or typed.
      Nothing is stored; the address of this page brings the plan back.
    </EmptyState>
  )
}

/** What was chosen, or the dearest, the middle and the cheapest model. */
function exampleModels(priced: readonly Model[], chosen: readonly string[]): readonly string[] {
  if (chosen.length > 0) return chosen
  const ordered = priced.toSorted((a, b) => (b.price?.outputNano ?? 0) - (a.price?.outputNano ?? 0))
  const places = new Set([0, Math.floor((ordered.length - 1) / 2), ordered.length - 1])
  return [...places].flatMap((place) => ordered[place]?.id ?? [])
}
