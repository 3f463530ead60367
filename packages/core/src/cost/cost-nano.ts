import type { ModelPrice, TokenPrices } from '@ratchet/contract'
import { exactCost } from './exact-cost.ts'
import type { MeteredUsage } from './metered-usage.ts'
import { splitUsage, type SplitUsage } from './split-usage.ts'

/**
 * Cost of a call in nano-dollars. Token prices are nano-dollars per million; the sum is exact and rounded half up
 * once, at the end. Kinds without a price of their own cost what their kind costs: cached, cache-write, audio and
 * image tokens as input, an hour's cache as any cache, reasoning as output. Units without a price add nothing: ask
 * `findUnpriced`. Throws RangeError on counts that are not whole numbers from 0, and when the cost leaves the exact
 * integers of JSON (above 9 million dollars).
 */
export function costNano(usage: MeteredUsage, price: ModelPrice): number {
  const prices = tierOf(price, usage.inputTokens)
  if (usage.units === undefined) {
    // Nearly all calls stay within the exact integers of a number; bigint is for the others, and for what is refused.
    const perMillion = sumTokens(splitUsage(usage), prices)
    if (perMillion <= largestExact && Number.isSafeInteger(perMillion))
      return requireExact(Math.floor((perMillion + 500_000) / 1_000_000) + (price.requestNano ?? 0))
  }
  return requireExact(exactCost(usage, price, { prices }))
}

/**
 * Cost of requests that were answered within a batch, `usage.units.requests` of them, in nano-dollars. Where prices
 * depend on the length of a prompt, the average of the requests counts; for one request it is its own.
 */
export function batchCostNano(usage: MeteredUsage, price: ModelPrice): number {
  const prices = tierOf(price, usage.inputTokens / Math.max(1, usage.units?.requests ?? 1))
  return requireExact(exactCost(usage, price, { prices, share: price.batchShare }))
}

/** Prices of a call with so many input tokens: long prompts can make every token of a call dearer. */
export function tierOf(price: ModelPrice, inputTokens: number): TokenPrices {
  let prices: TokenPrices = price
  for (const tier of price.tiers ?? []) if (inputTokens > tier.aboveInputTokens) prices = tier
  return prices
}

const largestExact = Number.MAX_SAFE_INTEGER - 1_000_000

function requireExact(cost: number): number {
  if (Number.isSafeInteger(cost)) return cost
  throw new RangeError(
    `A cost of ${cost} nano-dollars is too large to be exact; check the price of the model.`,
  )
}

/** Not a number when a count is no whole number. */
function sumTokens(split: SplitUsage, prices: TokenPrices): number {
  const { freshInput, cachedInput, cacheWrite, cacheWriteHour, audioInput, imageInput } = split
  const { output, audioOutput, imageOutput } = split
  if (!isCount(freshInput) || !isCount(cachedInput) || !isCount(cacheWrite) || !isCount(output))
    return Number.NaN
  const { inputNano, outputNano } = prices
  const cacheWriteNano = prices.cacheWriteNano ?? inputNano
  return (
    freshInput * inputNano +
    cachedInput * (prices.cachedInputNano ?? inputNano) +
    cacheWrite * cacheWriteNano +
    output * outputNano +
    cacheWriteHour * (prices.cacheWriteHourNano ?? cacheWriteNano) +
    audioInput * (prices.audioInputNano ?? inputNano) +
    audioOutput * (prices.audioOutputNano ?? outputNano) +
    imageInput * (prices.imageInputNano ?? inputNano) +
    imageOutput * (prices.imageOutputNano ?? outputNano)
  )
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}
