/**
 * The gateway's configuration: routes, limits, budgets, prices and caches of each project. Every change is a new
 * version that stays; the gateway gets the newest through the snapshot.
 */
export { makeGatewayConfig, type GatewayConfigs } from './make-gateway-config.ts'
export { gatewayConfigMigrations } from './migrations.ts'
export { mountGatewayConfigRoutes } from './routes.ts'
