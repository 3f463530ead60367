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
} as const

/** Prices that deployments bring with them, in US dollars for a million tokens. */
export function translatePrices(targets: readonly Target[], report: ImportReport): PriceInput[] {
  const prices = new Map<string, PriceInput>()
  for (const { model, deployment, path } of targets) {
    const found: Partial<Record<(typeof fields)[keyof typeof fields], number>> = {}
    for (const [place, values] of [
      ['model_info', deployment.model_info ?? {}],
      ['litellm_params', deployment.litellm_params],
    ] as const) {
      for (const [theirs, ours] of Object.entries(fields)) {
        const perToken = Number(values[theirs] ?? Number.NaN)
        if (!Number.isFinite(perToken) || perToken < 0) continue
        // Twelve places: 0.00000015 is a binary fraction, and so is what it is multiplied to.
        found[ours] = Number((perToken * 1e6).toPrecision(12))
        report.add('translated', [...path, place, theirs], `${ours} of the price of "${model}".`)
      }
    }
    const { inputUsd, outputUsd } = found
    if (inputUsd === undefined && outputUsd === undefined) continue
    prices.set(model, { model, ...found, inputUsd: inputUsd ?? 0, outputUsd: outputUsd ?? 0 })
  }
  return [...prices.values()]
}
