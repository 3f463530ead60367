import { invoke } from '@ratchet/contract'
import { mount, type HttpApp } from '#platform/http/http-app.ts'
import { requireEnvironment } from '#features/access'
import type { Invocations } from './invocations.ts'

/** Mounts the call that playground and `ratchet run` use. */
export function mountInvocationsRoutes(api: HttpApp, invocations: Invocations): void {
  mount(api, invoke, ({ actor, body, signal }) => {
    const environment = body.environment ?? actor.environment ?? 'development'
    requireEnvironment(actor, environment)
    return invocations.invoke({ ...body, project: actor.project, environment, keyId: actor.id, signal })
  })
}
