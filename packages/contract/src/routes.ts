import * as access from './access.ts'
import * as apps from './apps.ts'
import * as catalog from './catalog.ts'
import * as connectionKeys from './connection-keys.ts'
import * as costPlans from './cost-plans.ts'
import type { Route } from './define-route.ts'
import * as evaluations from './evaluations.ts'
import * as gatewayCache from './gateway-cache.ts'
import * as gatewayState from './gateway-state.ts'
import * as gatewayConfig from './gateway-config-routes.ts'
import * as gatewayTraffic from './gateway-traffic.ts'
import * as guardrailTry from './guardrail-try.ts'
import * as indexes from './indexes.ts'
import * as invocations from './invocations.ts'
import * as jobs from './jobs.ts'
import * as keys from './keys.ts'
import * as limits from './limits.ts'
import * as system from './system.ts'
import * as traces from './traces.ts'
import * as usage from './usage.ts'

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
