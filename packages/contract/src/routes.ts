import * as access from './access/access.ts'
import * as apps from './apps/apps.ts'
import * as catalog from './catalog/catalog.ts'
import * as connectionKeys from './catalog/connection-keys.ts'
import * as costPlans from './usage/cost-plans.ts'
import type { Route } from './define-route.ts'
import * as evaluations from './apps/evaluations.ts'
import * as gatewayCache from './gateway/gateway-cache.ts'
import * as gatewayState from './gateway/gateway-state.ts'
import * as gatewayConfig from './gateway/gateway-config-routes.ts'
import * as gatewayTraffic from './gateway/gateway-traffic.ts'
import * as guardrailTry from './guardrails/guardrail-try.ts'
import * as indexes from './apps/indexes.ts'
import * as invocations from './apps/invocations.ts'
import * as jobs from './jobs.ts'
import * as keys from './access/keys.ts'
import * as limits from './usage/limits.ts'
import * as system from './system.ts'
import * as traces from './usage/traces.ts'
import * as usage from './usage/usage.ts'

const isRoute = (value: unknown): value is Route =>
  typeof value === 'object' && value !== null && 'permission' in value && 'path' in value

/** Every route of the public API; the OpenAPI document and the authorisation tests walk this list. */
export const allRoutes: readonly Route[] = [
  access,
  keys,
  catalog,
  connectionKeys,
  gatewayCache,
  gatewayState,
  gatewayConfig,
  gatewayTraffic,
  guardrailTry,
  apps,
  invocations,
  traces,
  evaluations,
  indexes,
  jobs,
  limits,
  system,
  usage,
  costPlans,
]
  .flatMap((nouns): unknown[] => Object.values(nouns))
  .filter(isRoute)
