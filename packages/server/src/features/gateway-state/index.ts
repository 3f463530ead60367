/**
 * What gateways say of themselves right now: breakers of targets, keys that rest, running calls, draining. Kept in
 * memory alone: each gateway says it again within ten seconds.
 */
export { makeGatewayStates, type GatewayStates } from './gateway-states.ts'
export { mountGatewayStateRoutes } from './routes.ts'
