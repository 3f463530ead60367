import type { GatewayParts } from '../gateway-parts.ts'
import type { CompiledTarget } from '../routing/compiled-route.ts'
import type { PlanContext } from '../routing/plan-targets.ts'

/** How things stand with targets now. */
export function planContext({ health, credentials }: GatewayParts): PlanContext {
  return {
    health,
    nowMs: performance.now(),
    random: Math.random,
    credentialsReadyAtMs: ({ connection, model }, nowMs) =>
      credentials.of(connection).readyAtMs(model, nowMs),
  }
}

/** Another credential of the target's connection can be tried at once. */
export function hasReadyCredential(
  { credentials }: GatewayParts,
  { connection, model }: CompiledTarget,
  nowMs: number,
): boolean {
  return connection.credentials.length > 1 && credentials.of(connection).readyAtMs(model, nowMs) === 0
}
