import {
  getGatewayConfig,
  getGatewayConfigVersion,
  listGatewayConfigVersions,
  planGatewayConfig,
  putGatewayConfig,
  tryGuardrail,
} from '@ratchet/contract'
import { mount, type HttpApp } from '#platform/http/http-app.ts'
import type { GatewayConfigs } from './make-gateway-config.ts'

/** Mounts the gateway's configuration and its versions. */
export function mountGatewayConfigRoutes(api: HttpApp, configs: GatewayConfigs): void {
  mount(api, getGatewayConfig, async ({ actor }) => {
    const [stored, lastApplied] = await Promise.all([
      configs.get(actor.project),
      configs.drift(actor.project),
    ])
    return { ...stored, ...(lastApplied === undefined ? {} : { lastApplied }) }
  })
  mount(api, putGatewayConfig, ({ actor, body }) => configs.put(actor, body))
  mount(api, planGatewayConfig, ({ actor, body }) => configs.plan(actor.project, body))
  mount(api, listGatewayConfigVersions, ({ actor, query }) => configs.versions(actor.project, query))
  mount(api, tryGuardrail, ({ actor, body }) => configs.tryGuardrail(actor.project, body))
  mount(api, getGatewayConfigVersion, ({ actor, params }) => configs.get(actor.project, params.version))
}
