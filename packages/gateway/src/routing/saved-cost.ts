import type { ModelPrice, Usage } from '@ratchet/contract'
import { costNano } from '@ratchet/core/cost'

/** What a request took, to be compared with what it would have. */
export type SpentCost = {
  /** Of the answer that the client got. */
  readonly usage: Usage
  /** Of all attempts of the request: cheap tries that failed a check, hedges, judges. */
  readonly spentNano: number
  /** Price of the route's `baseline`. */
  readonly baseline: ModelPrice | undefined
}

/**
 * Nano-dollars that a route saved against its baseline: what the same tokens would have cost there, less what was
 * spent. Negative when routing cost more (a cascade that climbs often). Models count tokens differently, so this is an
 * estimate. Undefined without a known price of the baseline, and when the figures are too large to be exact.
 */
export function savedCostNano({ usage, spentNano, baseline }: SpentCost): number | undefined {
  if (baseline === undefined) return undefined
  try {
    return costNano(usage, baseline) - spentNano
  } catch {
    // Figures of a provider that sends nonsense; there is nothing to compare.
    return undefined
  }
}
