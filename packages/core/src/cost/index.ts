/** Money: what a call costs, in integer nano-dollars (1e-9 USD), from token counts and a price. */
export { costNano } from './cost-nano.ts'
export { splitUsage, type SplitUsage } from './split-usage.ts'
