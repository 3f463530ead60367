import { getGatewayTraffic } from '@ratchet/contract'
import { mount, type HttpApp } from '#platform/http/http-app.ts'
import type { GatewayTraffic } from './gateway-traffic.ts'

/** Mounts the traffic of targets and routes. */
export function mountGatewayTrafficRoutes(api: HttpApp, traffic: GatewayTraffic): void {
  mount(api, getGatewayTraffic, ({ actor, query, signal }) => traffic.measure(actor.project, query, signal))
}
