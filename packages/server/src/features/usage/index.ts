/**
 * Use and cost of models by key, user, app, model, route and time, with the month's forecast: sums over the spans that
 * gateways write, each token and nano-dollar once. Nothing is kept besides the spans.
 */
export { makeUsage, type Usage, type UsageParts, type UsageQuery } from './usage.ts'
export { mountUsageRoutes } from './routes.ts'
