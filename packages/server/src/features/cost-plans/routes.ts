import { createCostPlan } from '@ratchet/contract'
import { mount, type HttpApp } from '#platform/http/http-app.ts'
import type { CostPlans } from './cost-plans.ts'

/** Mounts the cost planner. */
export function mountCostPlansRoutes(api: HttpApp, plans: CostPlans): void {
  mount(api, createCostPlan, ({ actor, body, signal }) => plans.plan(actor.project, body, signal))
}
