import type { ImportReport } from './import-report.ts'
import type { Target } from './translate-connections.ts'
import type { FileInput } from './translate-routes.ts'

type PriceInput = NonNullable<FileInput['prices']>[number]

const fields = {
  input_cost_per_token: 'inputUsd',
  output_cost_per_token: 'outputUsd',
  cache_read_input_token_cost: 'cachedInputUsd',
  cache_creation_input_token_cost: 'cacheWriteUsd',
  input_cost_per_audio_token: 'audioInputUsd',
  output_cost_per_audio_token: 'audioOutputUsd',
  cache_creation_input_token_cost_above_1hr: 'cacheWriteHourUsd',
} as const

/** What is no token: our unit holds so many of theirs. */
const unitFields = {
  input_cost_per_second: ['audioHourUsd', 3600],
  output_cost_per_image: ['imageUsd', 1],
  input_cost_per_character: ['charactersUsd', 1e6],
  input_cost_per_query: ['searchUsd', 1],
} as const

type FieldName = (typeof fields)[keyof typeof fields] | (typeof unitFields)[keyof typeof unitFields][0]
const unitNames = Object.values(unitFields).map(([name]) => name)
const everyField: readonly (readonly [string, FieldName, number])[] = [
  ...Object.entries(fields).map(([theirs, ours]) => [theirs, ours, 1e6] as const),
  ...Object.entries(unitFields).map(([theirs, [ours, per]]) => [theirs, ours, per] as const),
]

/** Prices that deployments bring with them, in US dollars. */
export function translatePrices(targets: readonly Target[], report: ImportReport): PriceInput[] {
  const prices = new Map<string, PriceInput>()
  for (const { model, deployment, path } of targets) {
    const found: Partial<Record<FieldName, number>> = {}
    for (const [place, values] of [
      ['model_info', deployment.model_info ?? {}],
      ['litellm_params', deployment.litellm_params],
    ] as const) {
      for (const [theirs, ours, per] of everyField) {
        const each = Number(values[theirs] ?? Number.NaN)
        if (!Number.isFinite(each) || each < 0) continue
        // Twelve places: 0.00000015 is a binary fraction, and so is what it is multiplied to.
        found[ours] = Number((each * per).toPrecision(12))
        report.add('translated', [...path, place, theirs], `${ours} of the price of "${model}".`)
      }
    }
    const { inputUsd, outputUsd } = found
    const hasTokens = inputUsd !== undefined || outputUsd !== undefined
    if (!hasTokens && !unitNames.some((name) => found[name] !== undefined)) continue
    const tokens = hasTokens ? { inputUsd: inputUsd ?? 0, outputUsd: outputUsd ?? 0 } : {}
    prices.set(model, { model, ...found, ...tokens })
  }
  return [...prices.values()]
}
