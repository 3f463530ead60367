import type { ModelPrice, PriceOverride } from '@ratchet/contract'

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

/** The override as a price, in whole nano-dollars per million tokens. */
export function priceOfOverride(override: PriceOverride): ModelPrice {
  const { cachedInputUsd, cacheWriteUsd, cacheWriteHourUsd, audioInputUsd, audioOutputUsd, requestUsd } =
    override
  return {
    inputNano: nanoOf(override.inputUsd),
    outputNano: nanoOf(override.outputUsd),
    ...(cachedInputUsd === undefined ? {} : { cachedInputNano: nanoOf(cachedInputUsd) }),
    ...(cacheWriteUsd === undefined ? {} : { cacheWriteNano: nanoOf(cacheWriteUsd) }),
    ...(cacheWriteHourUsd === undefined ? {} : { cacheWriteHourNano: nanoOf(cacheWriteHourUsd) }),
    ...(audioInputUsd === undefined ? {} : { audioInputNano: nanoOf(audioInputUsd) }),
    ...(audioOutputUsd === undefined ? {} : { audioOutputNano: nanoOf(audioOutputUsd) }),
    ...(requestUsd === undefined ? {} : { requestNano: nanoOf(requestUsd) }),
    source: 'override',
  }
}

/** US dollars as whole nano-dollars; 0.075 and the like are binary fractions. */
export function nanoOf(usd: number): number {
  return Math.round(usd * 1e9)
}
