import type { PriceOverride } from '@ratchet/contract'

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
