import { calcPrice, findProvider, type ModelPrice as PackagePrice } from '@pydantic/genai-prices'
import { nanoOf, type ModelPrice, type TokenPrices, type UnitPrices } from '@ratchet/contract'

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
  const units = unitPricesOf(found)
  const isOfTokens = found['input_mtok'] !== undefined || found['output_mtok'] !== undefined
  if (!isOfTokens && Object.keys(units).length === 0) return undefined
  const starts = tokenKeys.flatMap((key) => {
    const value = found[key]
    return typeof value === 'object' ? value.tiers.map((tier) => tier.start) : []
  })
  const tiers = [...new Set(starts)]
    .toSorted((a, b) => a - b)
    .map((start) => ({ aboveInputTokens: start, ...tokenPricesAt(found, start) }))
  return {
    ...tokenPricesAt(found, -1),
    ...units,
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
  imageInputNano: 'input_image_mtok',
  imageOutputNano: 'output_image_mtok',
} as const
const tokenKeys = ['input_mtok', 'output_mtok', ...Object.values(optionalKinds)]

/** The list's names, and how many of our units its price is for; of two that fit, the first. */
const unitKinds = [
  ['requestNano', 'requests_kcount', 1_000],
  ['audioHourNano', 'input_audio_hours', 1],
  ['audioHourNano', 'audio_hours', 1],
  ['charactersNano', 'input_mchars', 1],
  ['searchNano', 'web_searches_kcount', 1_000],
  ['searchNano', 'rerank_searches_kcount', 1_000],
  ['fileSearchNano', 'storage_searches_kcount', 1_000],
] as const

function unitPricesOf(found: PackagePrice): UnitPrices {
  const units: Record<string, number> = {}
  for (const [name, key, per] of unitKinds) {
    const dollars = found[key]
    if (typeof dollars === 'number') units[name] ??= nanoOf(dollars / per)
  }
  return units
}

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
