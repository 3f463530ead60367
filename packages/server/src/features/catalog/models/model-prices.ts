import { calcPrice, findProvider, type ModelPrice as PackagePrice } from '@pydantic/genai-prices'
import type { ModelPrice, TokenPrices } from '@ratchet/contract'
import { nanoOf } from '@ratchet/core/cost'

/** The price list inside the package, as every price names its source. */
export const priceListName = 'genai-prices 0.1.8'

const remembered = new Map<string, ModelPrice | undefined>()
const rememberLimit = 20_000

/** Some prices depend on the hour: peak times of a provider begin and end at quarters of an hour. */
export const priceStepMs = 15 * 60_000

/**
 * What the model costs at the provider that serves this address, from the price list inside the package.
 * Undefined for addresses and models it does not know, such as your own server: the cost is then unknown, not zero.
 */
export function findPrice(baseUrl: string, model: string, at: Date): ModelPrice | undefined {
  // Matching a name walks hundreds of patterns.
  const key = `${Math.floor(at.getTime() / priceStepMs)} ${baseUrl} ${model}`
  if (remembered.has(key)) return remembered.get(key)
  if (remembered.size >= rememberLimit) remembered.clear()
  const found = lookUp(baseUrl, model, at)
  remembered.set(key, found)
  return found
}

/**
 * Models that the price list has for the provider at this address, without those it marks as withdrawn. Entries that
 * stand for the names of many regions are left out: nobody can call them.
 */
export function listPricedModels(baseUrl: string): string[] {
  const provider = findProvider({ providerApiUrl: baseUrl })
  return (provider?.models ?? [])
    .filter((model) => model.deprecated !== true && !model.id.startsWith('regional.'))
    .map((model) => model.id)
}

function lookUp(baseUrl: string, model: string, at: Date): ModelPrice | undefined {
  const provider = findProvider({ providerApiUrl: baseUrl })
  if (!provider) return undefined
  const result = calcPrice({ input_tokens: 1 }, model, { provider, timestamp: at })
  return result ? priceOf(result.model_price) : undefined
}

function priceOf(found: PackagePrice): ModelPrice | undefined {
  if (found['input_mtok'] === undefined && found['output_mtok'] === undefined) return undefined
  const starts = Object.values(found).flatMap((value) =>
    typeof value === 'object' ? value.tiers.map((tier) => tier.start) : [],
  )
  const tiers = [...new Set(starts)]
    .toSorted((a, b) => a - b)
    .map((start) => ({ aboveInputTokens: start, ...tokenPricesAt(found, start) }))
  const perThousandCalls = found['requests_kcount']
  return {
    ...tokenPricesAt(found, -1),
    ...(typeof perThousandCalls === 'number' ? { requestNano: nanoOf(perThousandCalls / 1_000) } : {}),
    ...(tiers.length === 0 ? {} : { tiers }),
    source: priceListName,
  }
}

const optionalKinds = {
  cachedInputNano: 'cache_read_mtok',
  cacheWriteNano: 'cache_write_mtok',
  cacheWriteHourNano: 'cache_write_1h_mtok',
  audioInputNano: 'input_audio_mtok',
  audioOutputNano: 'output_audio_mtok',
} as const

/** Prices of a call with more input tokens than `start`; -1 for the lowest. */
function tokenPricesAt(found: PackagePrice, start: number): TokenPrices {
  const priceAt = (key: string): number | undefined => {
    const value = found[key]
    if (value === undefined || typeof value === 'number') return value
    return value.tiers.findLast((tier) => tier.start <= start)?.price ?? value.base
  }
  const optional = Object.entries(optionalKinds).flatMap(([name, key]) => {
    const dollars = priceAt(key)
    return dollars === undefined ? [] : [[name, nanoOf(dollars)]]
  })
  return {
    inputNano: nanoOf(priceAt('input_mtok') ?? 0),
    outputNano: nanoOf(priceAt('output_mtok') ?? 0),
    ...Object.fromEntries(optional),
  }
}
