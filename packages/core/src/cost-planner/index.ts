/**
 * The cost planner: from traffic (typed, or calls as they were recorded) and the prices of models, what a month costs
 * on each model, how many calls run at once at the peak, and what each way of saving would save. Pure.
 */
export { planCosts, type CostPlan, type ModelPlan, type PlannedModel, type Saving } from './plan-costs.ts'
export { sampleCalls, type TokenSpread, type Traffic } from './traffic.ts'
export { repeatShare } from './repeat-share.ts'
