/** Money: what a call costs, in integer nano-dollars (1e-9 USD), from what it used and a price. */
export { addUsage } from './add-usage.ts'
export { batchCostNano, costNano, tierOf } from './cost-nano.ts'
export { findOverride } from './find-override.ts'
export { findUnpriced, type Unpriced } from './find-unpriced.ts'
export type { MeteredUsage } from './metered-usage.ts'
export { splitUsage, type SplitUsage } from './split-usage.ts'
