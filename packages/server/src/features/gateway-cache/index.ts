/**
 * The answer cache of the gateways as control sees it: what each policy did, day by day, what is kept now, and which
 * answers are to be forgotten. The answers themselves never leave the gateways.
 */
export { makeGatewayCache, type GatewayCache, type GatewayCacheParts } from './make-gateway-cache.ts'
export { gatewayCacheMigrations } from './migrations.ts'
export { mountGatewayCacheRoutes } from './routes.ts'
