import type { ModelPrice, TokenPrices } from './model-price.ts'
import { tokenPriceNames, unitPriceNames } from './price-names.ts'
import type { PriceOverride } from './price-override.ts'

type Tier = NonNullable<PriceOverride['tiers']>[number]
type TokenOverride = Pick<PriceOverride, 'inputUsd' | 'outputUsd'> &
  Pick<Tier, (typeof tokenPriceNames)[number][0]>

/** The override as a price, in whole nano-dollars. */
export function priceOfOverride(override: PriceOverride): ModelPrice {
  const { imageKindsUsd, batchShare, tiers } = override
  return {
    ...tokenPricesOf(override),
    ...inNano(override, unitPriceNames),
    ...(imageKindsUsd === undefined ? {} : { imageKindsNano: mapValues(imageKindsUsd, nanoOf) }),
    ...(batchShare === undefined ? {} : { batchShare }),
    ...(tiers === undefined
      ? {}
      : {
          tiers: tiers.map((tier) => ({
            aboveInputTokens: tier.aboveInputTokens,
            ...tokenPricesOf(tier),
          })),
        }),
    source: 'override',
  }
}

/** The price as an override of a model that says the same, to be changed. */
export function overrideOfPrice(model: string, price: ModelPrice): PriceOverride {
  const { imageKindsNano, batchShare, tiers } = price
  const units = inUsd(price, unitPriceNames)
  const isOfTokens = price.inputNano + price.outputNano > 0 || tiers !== undefined
  const isOfUnits = imageKindsNano !== undefined || Object.keys(units).length > 0
  return {
    model,
    ...(isOfTokens || !isOfUnits ? usdPricesOf(price) : inUsd(price, tokenPriceNames)),
    ...units,
    ...(imageKindsNano === undefined ? {} : { imageKindsUsd: mapValues(imageKindsNano, usdOf) }),
    ...(batchShare === undefined ? {} : { batchShare }),
    ...(tiers === undefined
      ? {}
      : {
          tiers: tiers.map((tier) => ({ aboveInputTokens: tier.aboveInputTokens, ...usdPricesOf(tier) })),
        }),
  }
}

/** US dollars as whole nano-dollars; 0.075 and the like are binary fractions. */
export function nanoOf(usd: number): number {
  return Math.round(usd * 1e9)
}

function usdOf(nano: number): number {
  return nano / 1e9
}

function tokenPricesOf(override: TokenOverride): TokenPrices {
  const { inputUsd = 0, outputUsd = 0 } = override
  return {
    inputNano: nanoOf(inputUsd),
    outputNano: nanoOf(outputUsd),
    ...inNano(override, tokenPriceNames),
  }
}

function usdPricesOf(prices: TokenPrices): Omit<Tier, 'aboveInputTokens'> {
  return {
    inputUsd: usdOf(prices.inputNano),
    outputUsd: usdOf(prices.outputNano),
    ...inUsd(prices, tokenPriceNames),
  }
}

/** The prices that are there, under the names that they have in nano-dollars. */
function inNano<From extends string, To extends string>(
  override: { readonly [Name in From]?: number | undefined },
  names: readonly (readonly [From, To])[],
): Partial<Record<To, number>> {
  const found: Partial<Record<To, number>> = {}
  for (const [from, to] of names) {
    const usd = override[from]
    if (usd !== undefined) found[to] = nanoOf(usd)
  }
  return found
}

function inUsd<From extends string, To extends string>(
  price: { readonly [Name in To]?: number | undefined },
  names: readonly (readonly [From, To])[],
): Partial<Record<From, number>> {
  const found: Partial<Record<From, number>> = {}
  for (const [from, to] of names) {
    const nano = price[to]
    if (nano !== undefined) found[from] = usdOf(nano)
  }
  return found
}

function mapValues(
  values: Readonly<Record<string, number>>,
  change: (value: number) => number,
): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]))
}
