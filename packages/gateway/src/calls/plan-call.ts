import type { CompiledRoute } from '../routing/compiled-route.ts'
import type { GatewayParts } from '../gateway-parts.ts'
import { planTargets, type Plan } from '../routing/plan-targets.ts'
import type { CallFacts } from './call-facts.ts'
import { planContext } from './plan-context.ts'

const directPlans = new WeakMap<CompiledRoute, Plan>()

/** The plan of a call. A model that a caller names itself is the only candidate, whatever its health: one plan serves all. */
export function planCall(route: CompiledRoute, facts: CallFacts, parts: GatewayParts): Plan {
  if (route.name !== '') return planTargets(route, facts, planContext(parts))
  let plan = directPlans.get(route)
  if (plan === undefined) {
    const candidates = route.pool.targets.map((target) => ({
      target,
      reason: 'named by the caller',
      isReady: true,
      isChecked: false,
    }))
    plan = { route, branch: 'targets', candidates, checks: [] }
    directPlans.set(route, plan)
  }
  return plan
}
