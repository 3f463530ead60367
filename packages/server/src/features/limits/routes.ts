import { listBudgetEvents, listLimitUse } from '@ratchet/contract'
import { mount, type HttpApp } from '#platform/http/http-app.ts'
import type { Limits } from './make-limits.ts'

/** Mounts the use of limits and the warnings of budgets. */
export function mountLimitsRoutes(api: HttpApp, limits: Limits): void {
  mount(api, listLimitUse, ({ actor, query }) => limits.listUse(actor.project, query))
  mount(api, listBudgetEvents, ({ actor, query }) => limits.listEvents(actor.project, query))
}
