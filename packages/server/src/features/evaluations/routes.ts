import * as contract from '@ratchet/contract'
import { mount, type HttpApp } from '#platform/http/http-app.ts'
import { requireEnvironment } from '#features/access'
import type { Evaluations } from './evaluations.ts'

/** Mounts evaluation routes. `compare` comes before `{id}`, which would match it too. */
export function mountEvaluationsRoutes(api: HttpApp, evaluations: Evaluations): void {
  mount(api, contract.compareEvaluations, ({ actor, query }) => evaluations.compare(actor.project, query))
  mount(api, contract.startEvaluation, async ({ actor, body }) => {
    requireEnvironment(actor, body.environment)
    return { evaluation: await evaluations.start(actor.project, { ...body, createdBy: actor.name }) }
  })
  mount(api, contract.listEvaluations, ({ actor, query }) => evaluations.list(actor.project, query))
  mount(api, contract.getEvaluation, async ({ actor, params }) => ({
    evaluation: await evaluations.get(actor.project, params.id),
  }))
  mount(api, contract.listEvaluationItems, ({ actor, params, query }) =>
    evaluations.listItems(actor.project, params.id, query),
  )
  mount(api, contract.cancelEvaluation, async ({ actor, params }) => ({
    evaluation: await evaluations.cancel(actor.project, params.id),
  }))
  mount(api, contract.resumeEvaluation, async ({ actor, params }) => ({
    evaluation: await evaluations.resume(actor.project, params.id),
  }))
}
