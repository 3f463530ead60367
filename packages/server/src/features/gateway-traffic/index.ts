/**
 * How the targets and routes of the gateway do right now: calls, errors, latency and cost of the last minutes,
 * counted from the spans that gateways write. Nothing is kept besides the spans.
 */
export { makeGatewayTraffic, type GatewayTraffic } from './gateway-traffic.ts'
export { mountGatewayTrafficRoutes } from './routes.ts'
