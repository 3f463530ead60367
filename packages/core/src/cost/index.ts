/** Money: what a call costs, in integer nano-dollars (1e-9 USD), from token counts and a price. */
export { costNano, tierOf } from './cost-nano.ts'
export { findOverride, nanoOf, priceOfOverride } from './price-overrides.ts'
export { splitUsage, type SplitUsage } from './split-usage.ts'
