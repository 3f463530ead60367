/**
 * The state of the whole: processes, engines, telemetry; where a project stands in the loop; replay of dead letters.
 * It owns no data: every figure comes from the feature or process that has it.
 */
export { describeLoop, type LoopFacts } from './loop.ts'
export { mountSystemRoutes, type SystemParts } from './routes.ts'
