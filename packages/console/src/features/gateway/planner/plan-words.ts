import type { createCostPlan, OutputOf } from '@ratchet/contract'

export type Plan = OutputOf<typeof createCostPlan>
export type PlannedModel = Plan['models'][number]

/** A way to pay less for a model, with what stays to be paid a month. */
export type SavingRow = {
  readonly id: string
  readonly label: string
  readonly note: string
  readonly leftNano: number
  readonly savedNano: number
}

const labels: Readonly<Record<PlannedModel['savings'][number]['change'], string>> = {
  'shorter-prompts': 'Shorter prompts',
  'prompt-cache': 'Provider’s prompt cache',
  'response-cache': 'Keep answers',
  batching: 'Batches',
}

/** The cheapest model of the plan; of equals, the first. */
export function cheapestOf({ models }: Plan): PlannedModel | undefined {
  return models.reduce<PlannedModel | undefined>(
    (best, one) => (best === undefined || one.monthNano < best.monthNano ? one : best),
    undefined,
  )
}

/** Each change alone, and the cheapest model in place of this one. In the order of the API: changes that are small first. */
export function savingRows(
  plan: Plan,
  model: PlannedModel,
  assumed: { readonly shortenBy: number; readonly batchableShare: number; readonly cacheSeconds: number },
): readonly SavingRow[] {
  const percent = (share: number): string => `${String(Math.round(share * 1000) / 10)} %`
  const notes: Readonly<Record<PlannedModel['savings'][number]['change'], string>> = {
    'shorter-prompts': `by ${percent(assumed.shortenBy)}`,
    'prompt-cache': `${percent(plan.traffic.cacheableShare)} of the input`,
    'response-cache': `${percent(plan.traffic.repeatShare ?? 0)} repeat within ${minutes(assumed.cacheSeconds)}`,
    batching: `${percent(assumed.batchableShare)} of calls at the batch price`,
  }
  const rows = model.savings.map(({ change, savedNano }) => ({
    id: change,
    label: labels[change],
    note: notes[change],
    savedNano,
    leftNano: model.monthNano - savedNano,
  }))
  const cheapest = cheapestOf(plan)
  if (cheapest === undefined || cheapest.name === model.name) return rows
  const savedNano = model.monthNano - cheapest.monthNano
  return [
    ...rows,
    { id: 'model', label: 'Another model', note: cheapest.name, savedNano, leftNano: cheapest.monthNano },
  ]
}

function minutes(seconds: number): string {
  if (seconds % 3600 === 0) return seconds === 3600 ? 'an hour' : `${String(seconds / 3600)} hours`
  return `${String(Math.round(seconds / 60))} min`
}
