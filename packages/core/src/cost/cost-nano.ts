import type { ModelPrice, Usage } from '@ratchet/contract'
import { splitUsage } from './split-usage.ts'

const million = 1_000_000n

/**
 * Cost of a call in nano-dollars. Prices are nano-dollars per million tokens; the sum is exact (bigint) and
 * rounded half up once, at the end. Kinds without a price of their own cost what their kind costs: cached
 * and cache-write tokens as input, reasoning as output. Throws RangeError on counts that are not whole
 * numbers from 0, and when the cost leaves the exact integers of JSON (above 9 million dollars).
 */
export function costNano(usage: Usage, price: ModelPrice): number {
  const { freshInput, cachedInput, cacheWrite, output } = splitUsage(usage)
  const perMillion =
    multiply(freshInput, price.inputNano) +
    multiply(cachedInput, price.cachedInputNano ?? price.inputNano) +
    multiply(cacheWrite, price.cacheWriteNano ?? price.inputNano) +
    multiply(output, price.outputNano)
  const cost = Number((perMillion + million / 2n) / million)
  if (!Number.isSafeInteger(cost)) {
    throw new RangeError(
      `A cost of ${cost} nano-dollars is too large to be exact; check the price of the model.`,
    )
  }
  return cost
}

function multiply(tokens: number, price: number): bigint {
  if (!Number.isSafeInteger(tokens) || tokens < 0 || !Number.isSafeInteger(price) || price < 0) {
    throw new RangeError(
      `Token counts and prices are whole numbers from 0, got ${tokens} tokens at ${price}.`,
    )
  }
  return BigInt(tokens) * BigInt(price)
}
