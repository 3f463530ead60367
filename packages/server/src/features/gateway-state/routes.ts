import { getGatewayState } from '@ratchet/contract'
import { mount, type HttpApp } from '#platform/http/http-app.ts'
import type { GatewayStates } from './gateway-states.ts'

/** Mounts the state of gateways. */
export function mountGatewayStateRoutes(api: HttpApp, states: GatewayStates): void {
  mount(api, getGatewayState, ({ actor, query }) => Promise.resolve(states.get(actor.project, query)))
}
