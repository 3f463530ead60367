import { deployRelease, listDeployments } from '@ratchet/contract'
import { mount, type HttpApp } from '#platform/http/http-app.ts'
import type { Deployments } from './make-deployments.ts'

/** Mounts deploying and the history of deployments. */
export function mountDeploymentsRoutes(api: HttpApp, deployments: Deployments): void {
  mount(api, deployRelease, ({ actor, params, body, signal }) =>
    deployments.deploy(actor, params.app, body, signal),
  )
  mount(api, listDeployments, ({ actor, params, query }) =>
    deployments.list(actor.project, params.app, query),
  )
}
