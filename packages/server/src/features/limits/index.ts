/**
 * Limits and budgets as all gateway processes share them: the ledger of what was spent, allowances that processes hold,
 * rates in use, warnings, and the list of who uses how much of what.
 */
export { makeLimits, type Limits, type LimitsParts } from './make-limits.ts'
export { limitsMigrations } from './migrations.ts'
export { mountLimitsRoutes } from './routes.ts'
export { makeSpanSpend, type SpanSpend } from './span-spend.ts'
export { countUnpriced, makeUnpricedCalls, type UnpricedCalls, type UnpricedUse } from './unpriced-calls.ts'
