import { AppError, invoke } from '@ratchet/contract'
import type { Actor } from '#platform/http/actor.ts'
import { mount, type HttpApp } from '#platform/http/http-app.ts'
import type { Invocations } from './invocations.ts'

/** Mounts the call that playground and `ratchet run` use. */
export function mountInvocationsRoutes(api: HttpApp, invocations: Invocations): void {
  mount(api, invoke, ({ actor, body, signal }) =>
    invocations.invoke({
      ...body,
      project: actor.project,
      environment: environmentOf(actor, body.environment),
      keyId: actor.id,
      signal,
    }),
  )
}

/** A caller that is bound to an environment cannot reach into another by naming it. */
function environmentOf(actor: Actor, wanted: string | undefined): string {
  if (actor.environment === undefined) return wanted ?? 'development'
  if (wanted === undefined || wanted === actor.environment) return actor.environment
  throw new AppError('forbidden', {
    message: `"${actor.name}" may act in "${actor.environment}" only, not in "${wanted}". Use a key of that environment.`,
    details: { environment: wanted, allowed: actor.environment },
  })
}
