import type { MeteredUsage, Unpriced } from '@ratchet/core/cost'
import type { SpanFields } from '@ratchet/spool'
import type { CompiledConnection } from '../../snapshot/compile-snapshot.ts'
import { findModelPrice } from '../../snapshot/find-model-price.ts'
import { priceUsage } from '../../snapshot/price-usage.ts'

/** What one kind of call knows about its span; ids, times and caller come from the exchange. */
export type CallSpan = Pick<SpanFields, 'name' | 'type'> &
  Partial<Omit<SpanFields, 'project' | 'environment' | 'traceId' | 'spanId' | 'startUs' | 'durationUs'>>

/**
 * What a call cost. `costKnown` is false when no price is known, of all that was used or of a part of it: the cost is
 * then what is known of it, not zero.
 */
export type CallCost = { readonly costNano: number; readonly costKnown: boolean }

export type PricedCost = CallCost & {
  /** The place that the price comes from: `override`, or a list and its version. */
  readonly source: string | undefined
  /** What the price says nothing about. */
  readonly unpriced?: readonly Unpriced[] | undefined
}

/** Prices a call by the prices of its connection; models that run within Ratchet cost nothing. */
export function priceCall(connection: CompiledConnection, model: string, usage: MeteredUsage): PricedCost {
  const price = findModelPrice(connection, model)
  if (price === undefined) return connection.provider === 'offline' ? free : unknown
  try {
    const { costNano, unpriced } = priceUsage(connection, usage, { price, isBatch: false })
    return {
      costNano,
      costKnown: unpriced === undefined,
      source: price.source,
      unpriced,
    }
  } catch {
    // A provider that reports absurd counts must not fail a call that it answered.
    return unknown
  }
}

const free: PricedCost = { costNano: 0, costKnown: true, source: undefined }
const unknown: PricedCost = { costNano: 0, costKnown: false, source: undefined }

/** The JSON text of an object with the cost added as `ratchet`. */
export function costNoted(text: string, cost: CallCost): string {
  return `${text.trimEnd().slice(0, -1)},"ratchet":${JSON.stringify(cost)}}`
}
