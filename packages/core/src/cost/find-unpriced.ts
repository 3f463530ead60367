import type { ModelPrice, UsageUnits } from '@ratchet/contract'
import { priceOfImage } from './exact-cost.ts'
import type { MeteredUsage } from './metered-usage.ts'

/** What a call used that its price says nothing about, so that the cost is not all of it. */
export type Unpriced = Exclude<keyof UsageUnits, 'requests' | 'fileSearches'> | 'tokens' | 'units'

/**
 * What is missing in the cost of a call; undefined when nothing is. Pictures, sound and characters of a call that
 * counted tokens are paid with those; so is everything when the price is one for each call, or nothing at all.
 * A price that only knows units says nothing about a call that told none.
 */
export function findUnpriced(usage: MeteredUsage, price: ModelPrice): readonly Unpriced[] | undefined {
  const { units } = usage
  const hasTokenPrice = price.inputNano > 0 || price.outputNano > 0
  if (units === undefined) return hasTokenPrice || !isOfUnits(price) ? undefined : ['units']
  if (price.requestNano !== undefined || !(hasTokenPrice || isOfUnits(price))) return undefined
  const hasTokens = usage.inputTokens + usage.outputTokens > 0
  const missing: Unpriced[] = []
  const look = (name: Unpriced, count: number | undefined, isPriced: boolean): void => {
    if (count !== undefined && count > 0 && !isPriced) missing.push(name)
  }
  const isPaidByTokens = hasTokens && hasTokenPrice
  const imageNano = priceOfImage(price, usage.imageKind ?? '')
  look('images', units.images, isPaidByTokens || imageNano !== undefined)
  look('audioMs', units.audioMs, isPaidByTokens || price.audioHourNano !== undefined)
  look('characters', units.characters, isPaidByTokens || price.charactersNano !== undefined)
  look('searches', units.searches, price.searchNano !== undefined || price.searchCallNano !== undefined)
  look('toolImages', units.toolImages, imageNano !== undefined)
  look('containers', units.containers, price.containerNano !== undefined)
  return missing.length === 0 ? undefined : missing
}

function isOfUnits(price: ModelPrice): boolean {
  return (
    price.imageNano !== undefined ||
    price.imageKindsNano !== undefined ||
    price.audioHourNano !== undefined ||
    price.charactersNano !== undefined ||
    price.searchNano !== undefined ||
    price.searchCallNano !== undefined ||
    price.containerNano !== undefined
  )
}
