import { clearGatewayCache, getGatewayCache } from '@ratchet/contract'
import { mount, type HttpApp } from '#platform/http/http-app.ts'
import type { GatewayCache } from './make-gateway-cache.ts'

/** Mounts the figures of the cache, and forgetting. */
export function mountGatewayCacheRoutes(api: HttpApp, cache: GatewayCache): void {
  mount(api, getGatewayCache, ({ actor, query }) => cache.get(actor.project, query.days))
  mount(api, clearGatewayCache, ({ actor, query }) => cache.clear(actor, query))
}
