import type { ModelPrice, PriceOverride, TokenPrices } from '@ratchet/contract'

/**
 * The override that counts for a model: the one of its very name, else the one with the longest beginning. Undefined
 * when none fits.
 */
export function findOverride(
  overrides: readonly PriceOverride[],
  connection: string,
  model: string,
): PriceOverride | undefined {
  const name = `${connection}/${model}`
  let best: PriceOverride | undefined
  for (const override of overrides) {
    if (override.model === name) return override
    const isLonger = best === undefined || override.model.length > best.model.length
    if (isLonger && override.model.endsWith('*') && name.startsWith(override.model.slice(0, -1))) {
      best = override
    }
  }
  return best
}

/** The override as a price, in whole nano-dollars. */
export function priceOfOverride(override: PriceOverride): ModelPrice {
  const { imageKindsUsd, batchShare, tiers } = override
  return {
    ...tokenPricesOf(override),
    ...inNano(override, unitNames),
    ...(imageKindsUsd === undefined
      ? {}
      : {
          imageKindsNano: Object.fromEntries(
            Object.entries(imageKindsUsd).map(([kind, usd]) => [kind, nanoOf(usd)]),
          ),
        }),
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

/** US dollars as whole nano-dollars; 0.075 and the like are binary fractions. */
export function nanoOf(usd: number): number {
  return Math.round(usd * 1e9)
}

const tokenNames = [
  ['cachedInputUsd', 'cachedInputNano'],
  ['cacheWriteUsd', 'cacheWriteNano'],
  ['cacheWriteHourUsd', 'cacheWriteHourNano'],
  ['audioInputUsd', 'audioInputNano'],
  ['audioOutputUsd', 'audioOutputNano'],
  ['imageInputUsd', 'imageInputNano'],
  ['imageOutputUsd', 'imageOutputNano'],
] as const
const unitNames = [
  ['requestUsd', 'requestNano'],
  ['imageUsd', 'imageNano'],
  ['audioHourUsd', 'audioHourNano'],
  ['charactersUsd', 'charactersNano'],
  ['searchUsd', 'searchNano'],
  ['fileSearchUsd', 'fileSearchNano'],
] as const

type Tier = NonNullable<PriceOverride['tiers']>[number]
type TokenOverride = Pick<PriceOverride, 'inputUsd' | 'outputUsd'> &
  Pick<Tier, (typeof tokenNames)[number][0]>

function tokenPricesOf(override: TokenOverride): TokenPrices {
  const { inputUsd = 0, outputUsd = 0 } = override
  return {
    inputNano: nanoOf(inputUsd),
    outputNano: nanoOf(outputUsd),
    ...inNano(override, tokenNames),
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
