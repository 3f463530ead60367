import { calcPrice, findProvider, type ModelPrice as PackagePrice } from '@pydantic/genai-prices'
import type { ModelPrice } from '@ratchet/contract'

/** Price of a model at a provider; `isTiered` when long prompts cost more than this first tier. */
export type KnownPrice = { readonly price: ModelPrice; readonly isTiered: boolean }

const remembered = new Map<string, KnownPrice | undefined>()
const rememberLimit = 20_000

/**
 * What the model costs at the provider that serves this address, from the price list inside the package.
 * Undefined for addresses and models it does not know, such as your own server: the cost is then unknown, not zero.
 */
export function findPrice(baseUrl: string, model: string, at: Date): KnownPrice | undefined {
  // Prices can change by date, and matching a name walks hundreds of patterns.
  const key = `${at.toISOString().slice(0, 10)} ${baseUrl} ${model}`
  if (remembered.has(key)) return remembered.get(key)
  if (remembered.size >= rememberLimit) remembered.clear()
  const found = lookUp(baseUrl, model, at)
  remembered.set(key, found)
  return found
}

/** Models that the price list has for the provider at this address, without those it marks as withdrawn. */
export function listPricedModels(baseUrl: string): string[] {
  const provider = findProvider({ providerApiUrl: baseUrl })
  return (provider?.models ?? []).filter((model) => model.deprecated !== true).map((model) => model.id)
}

function lookUp(baseUrl: string, model: string, at: Date): KnownPrice | undefined {
  const provider = findProvider({ providerApiUrl: baseUrl })
  if (!provider) return undefined
  const result = calcPrice({ input_tokens: 1 }, model, { provider, timestamp: at })
  return result ? priceOf(result.model_price) : undefined
}

function priceOf(found: PackagePrice): KnownPrice | undefined {
  const inputNano = nanoOf(found['input_mtok'])
  const outputNano = nanoOf(found['output_mtok'])
  if (inputNano === undefined && outputNano === undefined) return undefined
  const cachedInputNano = nanoOf(found['cache_read_mtok'])
  const cacheWriteNano = nanoOf(found['cache_write_mtok'])
  const price = {
    inputNano: inputNano ?? 0,
    outputNano: outputNano ?? 0,
    ...(cachedInputNano === undefined ? {} : { cachedInputNano }),
    ...(cacheWriteNano === undefined ? {} : { cacheWriteNano }),
  }
  return { price, isTiered: Object.values(found).some((value) => typeof value === 'object') }
}

/** Dollars per million tokens as nano-dollars; the list has binary floats such as 0.075. */
function nanoOf(value: PackagePrice[string]): number | undefined {
  const dollars = typeof value === 'object' ? value.base : value
  return dollars === undefined ? undefined : Math.round(dollars * 1e9)
}
