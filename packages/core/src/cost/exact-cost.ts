import type { ModelPrice, TokenPrices, UsageUnits } from '@ratchet/contract'
import type { MeteredUsage } from './metered-usage.ts'
import { splitUsage, type SplitUsage } from './split-usage.ts'

/**
 * Cost of a call that used more than tokens, or of a batch, in nano-dollars: summed exactly, rounded half up once at
 * the end. Units without a price add nothing, see `findUnpriced`.
 */
export function exactCost(
  usage: MeteredUsage,
  price: ModelPrice,
  { prices, share = 1 }: { readonly prices: TokenPrices; readonly share?: number | undefined },
): number {
  const { units = {}, imageKind = '' } = usage
  let sum = times(units.requests ?? 1, price.requestNano ?? 0) * whole + unitCosts(units, price, imageKind)
  for (const [tokens, nano] of tokenCosts(splitUsage(usage), prices))
    sum += times(tokens, nano, 'tokens') * perMillion
  const shared = sum * BigInt(Math.round(share * 1e6))
  const unit = whole * 1_000_000n
  return Number((shared + unit / 2n) / unit)
}

/** Tokens of a kind, and their price for a million; kinds without one cost what their kind costs. */
function tokenCosts(
  split: SplitUsage,
  prices: TokenPrices,
): readonly (readonly [tokens: number, nanoPerMillion: number])[] {
  const { inputNano, outputNano } = prices
  const cacheWriteNano = prices.cacheWriteNano ?? inputNano
  return [
    [split.freshInput, inputNano],
    [split.cachedInput, prices.cachedInputNano ?? inputNano],
    [split.cacheWrite, cacheWriteNano],
    [split.output, outputNano],
    [split.cacheWriteHour, prices.cacheWriteHourNano ?? cacheWriteNano],
    [split.audioInput, prices.audioInputNano ?? inputNano],
    [split.audioOutput, prices.audioOutputNano ?? outputNano],
    [split.imageInput, prices.imageInputNano ?? inputNano],
    [split.imageOutput, prices.imageOutputNano ?? outputNano],
  ]
}

/** A nano-dollar in parts that both a millionth and a millisecond of an hour are whole numbers of. */
const whole = 18_000_000n
const perMillion = whole / 1_000_000n
const perHourMs = whole / 3_600_000n

function unitCosts(units: UsageUnits, price: ModelPrice, imageKind: string): bigint {
  const { images = 0, audioMs = 0, characters = 0, searches = 0, toolImages = 0, containers = 0 } = units
  const fileSearches = Math.min(units.fileSearches ?? 0, searches)
  const { audioHourNano = 0, charactersNano = 0, searchNano = 0, fileSearchNano = searchNano } = price
  const webSearches = searches - fileSearches
  const each =
    times(images + toolImages, priceOfImage(price, imageKind) ?? 0) +
    times(webSearches, searchNano) +
    times(Math.min(webSearches, units.requests ?? 1), price.searchCallNano ?? 0) +
    times(fileSearches, fileSearchNano) +
    times(containers, price.containerNano ?? 0)
  return (
    each * whole + times(audioMs, audioHourNano) * perHourMs + times(characters, charactersNano) * perMillion
  )
}

/** Nano-dollars for a picture of a kind ("<quality>/<size>"); undefined when the price knows nothing of it. */
export function priceOfImage({ imageNano, imageKindsNano }: ModelPrice, kind: string): number | undefined {
  if (imageKindsNano === undefined) return imageNano
  const [quality = '', size = ''] = kind.split('/')
  return imageKindsNano[kind] ?? imageKindsNano[size] ?? imageKindsNano[quality] ?? imageNano
}

function times(count: number, nano: number, what = 'units'): bigint {
  if (!Number.isSafeInteger(count) || count < 0 || !Number.isSafeInteger(nano) || nano < 0) {
    throw new RangeError(`Counts and prices are whole numbers from 0, got ${count} ${what} at ${nano}.`)
  }
  return BigInt(count) * BigInt(nano)
}
