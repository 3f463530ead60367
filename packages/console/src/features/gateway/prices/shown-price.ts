import type { ModelPrice, PriceOverride } from '@ratchet/contract'
import type { PriceRow } from './price-rows.ts'

/** What a row costs; a pattern has no model that was priced for us. */
export function shownPrice({ price, own }: PriceRow): ModelPrice | undefined {
  return price ?? (own && priceOf(own))
}

const nano = (usd: number | undefined): number => Math.round((usd ?? 0) * 1e9)

/** An override in nano-dollars, as the server makes it. */
export function priceOf(own: PriceOverride): ModelPrice {
  const { model: _, inputUsd, outputUsd, imageKindsUsd, tiers: __, batchShare, ...rest } = own
  const others = Object.entries(rest).flatMap(([name, usd]) =>
    typeof usd === 'number' ? [[name.replace(/Usd$/, 'Nano'), nano(usd)]] : [],
  )
  const kinds = Object.entries(imageKindsUsd ?? {}).map(([kind, usd]) => [kind, nano(usd)])
  return {
    inputNano: nano(inputUsd),
    outputNano: nano(outputUsd),
    ...Object.fromEntries(others),
    ...(kinds.length === 0 ? {} : { imageKindsNano: Object.fromEntries(kinds) }),
    ...(batchShare === undefined ? {} : { batchShare }),
    source: 'override',
  }
}
