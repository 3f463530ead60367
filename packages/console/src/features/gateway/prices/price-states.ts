/** Where a price may come from: what the list of prices can be narrowed to. */
export const priceStates = ['own', 'list', 'unknown'] as const
export type PriceState = (typeof priceStates)[number]
