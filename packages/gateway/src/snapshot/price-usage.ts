import type { ModelPrice } from '@ratchet/contract'
import { batchCostNano, costNano, findUnpriced, type MeteredUsage, type Unpriced } from '@ratchet/core/cost'
import type { CompiledConnection } from './compile-snapshot.ts'
import { findModelPrice } from './find-model-price.ts'

/** What is known of a cost, and what the prices say nothing about; undefined when that is nothing. */
type PricedUsage = { readonly costNano: number; readonly unpriced: readonly Unpriced[] | undefined }

/**
 * Prices what a call used. Pictures that a tool made cost what the price of the called model says of pictures, else the
 * tokens of the model that drew, at its own price. Throws RangeError on absurd counts.
 */
export function priceUsage(
  connection: CompiledConnection,
  usage: MeteredUsage,
  { price, isBatch }: { readonly price: ModelPrice; readonly isBatch: boolean },
): PricedUsage {
  const costOf = isBatch ? batchCostNano : costNano
  const cost = costOf(usage, price)
  const unpriced = findUnpriced(usage, price)
  const { imageTool } = usage
  if (imageTool === undefined || unpriced?.includes('toolImages') !== true)
    return { costNano: cost, unpriced }
  const drawing = findModelPrice(connection, imageTool.model)
  if (drawing === undefined || drawing.inputNano + drawing.outputNano === 0)
    return { costNano: cost, unpriced }
  const others = unpriced.filter((name) => name !== 'toolImages')
  return {
    costNano: cost + costOf(imageTool.usage, drawing),
    unpriced: others.length === 0 ? undefined : others,
  }
}
