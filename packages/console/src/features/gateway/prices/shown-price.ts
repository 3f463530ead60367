import { type ModelPrice, overrideOfPrice, type PriceOverride, priceOfOverride } from '@ratchet/contract'
import type { PriceRow } from './price-rows.ts'

/** What a row costs; a pattern has no model that was priced for us. */
export function shownPrice({ price, own }: PriceRow): ModelPrice | undefined {
  return price ?? (own && priceOfOverride(own))
}

/** What a change begins with: your own price, else what calls are charged at now. */
export function startingPrice({ id, price, own }: PriceRow): PriceOverride | undefined {
  return own ?? (price && overrideOfPrice(id, price))
}
