import type { ModelPrice, TokenPrices, Usage } from '@ratchet/contract'
import { splitUsage } from './split-usage.ts'

const million = 1_000_000n

/**
 * Cost of a call in nano-dollars. Prices are nano-dollars per million tokens; the sum is exact (bigint) and
 * rounded half up once, at the end. Kinds without a price of their own cost what their kind costs: cached,
 * cache-write and audio tokens as input, an hour's cache as any cache, reasoning as output. Throws RangeError on
 * counts that are not whole numbers from 0, and when the cost leaves the exact integers of JSON (above 9 million
 * dollars).
 */
export function costNano(usage: Usage, price: ModelPrice): number {
  const split = splitUsage(usage)
  const prices = tierOf(price, usage.inputTokens)
  const { inputNano, outputNano } = prices
  const cacheWriteNano = prices.cacheWriteNano ?? inputNano
  let perMillion =
    multiply(split.freshInput, inputNano) +
    multiply(split.cachedInput, prices.cachedInputNano ?? inputNano) +
    multiply(split.cacheWrite, cacheWriteNano) +
    multiply(split.output, outputNano)
  if (split.cacheWriteHour !== 0) {
    perMillion += multiply(split.cacheWriteHour, prices.cacheWriteHourNano ?? cacheWriteNano)
  }
  if (split.audioInput !== 0) perMillion += multiply(split.audioInput, prices.audioInputNano ?? inputNano)
  if (split.audioOutput !== 0) perMillion += multiply(split.audioOutput, prices.audioOutputNano ?? outputNano)
  const cost = Number((perMillion + million / 2n) / million) + (price.requestNano ?? 0)
  if (!Number.isSafeInteger(cost)) {
    throw new RangeError(
      `A cost of ${cost} nano-dollars is too large to be exact; check the price of the model.`,
    )
  }
  return cost
}

/** Prices of a call with so many input tokens: long prompts can make every token of a call dearer. */
export function tierOf(price: ModelPrice, inputTokens: number): TokenPrices {
  let prices: TokenPrices = price
  for (const tier of price.tiers ?? []) if (inputTokens > tier.aboveInputTokens) prices = tier
  return prices
}

function multiply(tokens: number, price: number): bigint {
  if (!Number.isSafeInteger(tokens) || tokens < 0 || !Number.isSafeInteger(price) || price < 0) {
    throw new RangeError(
      `Token counts and prices are whole numbers from 0, got ${tokens} tokens at ${price}.`,
    )
  }
  return BigInt(tokens) * BigInt(price)
}
