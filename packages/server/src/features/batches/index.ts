/**
 * Batches that callers made through the gateway: whose they are, when to look at them again, and what they used, which is
 * counted once when the provider has ended them: as spans, and in the budgets of whoever made them.
 */
export { batchesMigrations } from './migrations.ts'
export { makeLookAtBatch } from './look-at-batch.ts'
export { makeBatches, type Batches, type BatchesParts } from './make-batches.ts'
