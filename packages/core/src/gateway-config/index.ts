/** The gateway's configuration as a whole: what changes between two of them, and whether one fits together. */
export { checkConfig, type ConfigFacts } from './check-config.ts'
export { configSections, diffConfig, itemName } from './diff-config.ts'
export { findUses } from './find-uses.ts'
