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
  let perMillion = 0
  let isExact = true
  const parts = [
    [split.freshInput, inputNano],
    [split.cachedInput, prices.cachedInputNano ?? inputNano],
    [split.cacheWrite, cacheWriteNano],
    [split.output, outputNano],
    [split.cacheWriteHour, prices.cacheWriteHourNano ?? cacheWriteNano],
    [split.audioInput, prices.audioInputNano ?? inputNano],
    [split.audioOutput, prices.audioOutputNano ?? outputNano],
  ] as const
  for (const [tokens, nano] of parts) {
    if (tokens === 0) continue
    requireWhole(tokens, nano)
    perMillion += tokens * nano
    if (perMillion > largestExact) isExact = false
  }
  // Nearly all calls stay within the exact integers of a number; bigint is for the others.
  const tokenCost = isExact ? Math.floor((perMillion + 500_000) / 1_000_000) : sumExactly(parts)
  const cost = tokenCost + (price.requestNano ?? 0)
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

const largestExact = Number.MAX_SAFE_INTEGER - 1_000_000

function sumExactly(parts: readonly (readonly [number, number])[]): number {
  let perMillion = 0n
  for (const [tokens, nano] of parts) perMillion += BigInt(tokens) * BigInt(nano)
  return Number((perMillion + million / 2n) / million)
}

function requireWhole(tokens: number, price: number): void {
  if (!Number.isSafeInteger(tokens) || tokens < 0 || !Number.isSafeInteger(price) || price < 0) {
    throw new RangeError(
      `Token counts and prices are whole numbers from 0, got ${tokens} tokens at ${price}.`,
    )
  }
}
