/**
 * Plans of cost: recorded or typed traffic on several models side by side. Reads spans and prices, stores nothing; the
 * arithmetic is core's.
 */
export { makeCostPlans, type CostPlans, type CostPlansParts } from './cost-plans.ts'
export { mountCostPlansRoutes } from './routes.ts'
