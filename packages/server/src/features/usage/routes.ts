import { getUsage } from '@ratchet/contract'
import { mount, type HttpApp } from '#platform/http/http-app.ts'
import type { Usage } from './usage.ts'

/** Mounts use and cost. */
export function mountUsageRoutes(api: HttpApp, usage: Usage): void {
  mount(api, getUsage, ({ actor, query, signal }) => usage.measure(actor.project, query, signal))
}
