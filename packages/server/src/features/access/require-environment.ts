import { AppError } from '@ratchet/contract'
import type { Actor } from '#platform/http/actor.ts'
import { isOperatorKeyId } from './operator-keys.ts'

/**
 * Throws `forbidden` when an API key acts on another environment than its own.
 * Sessions and operator keys act in every environment; the one they name by header only selects what they see.
 */
export function requireEnvironment(actor: Actor, environment: string): void {
  if (actor.kind !== 'key' || isOperatorKeyId(actor.id) || actor.environment === environment) return
  throw new AppError('forbidden', {
    message: `The key "${actor.name}" belongs to environment "${actor.environment ?? 'none'}" and cannot act in "${environment}". Use a key of that environment.`,
    details: { environment, keyEnvironment: actor.environment },
  })
}
