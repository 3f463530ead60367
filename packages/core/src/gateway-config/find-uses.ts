import type { GatewayConfig, ModelRoute } from '@ratchet/contract'

/** What of a configuration needs a connection, in words: `route "chat"`, `cache "answers"`. */
export function findUses(config: GatewayConfig, connection: string): string[] {
  const prefix = `${connection}/`
  const needs = (model: string | undefined): boolean => model?.startsWith(prefix) === true
  const routes = config.routes.filter((route) => modelsOfRoute(route).some(needs))
  const caches = config.caches.filter((cache) => cache.mode === 'semantic' && needs(cache.embeddingModel))
  const guardrails = config.guardrails.filter((guardrail) =>
    guardrail.rules.some((rule) =>
      rule.detectors.some(
        (detector) =>
          ('connection' in detector && detector.connection === connection) ||
          ('model' in detector && needs(detector.model)),
      ),
    ),
  )
  return [
    ...routes.map(({ name }) => `route "${name}"`),
    ...caches.map(({ name }) => `cache "${name}"`),
    ...guardrails.map(({ name }) => `guardrail "${name}"`),
  ]
}

function modelsOfRoute(route: ModelRoute): string[] {
  const { rules, worth, cascade, baseline } = route
  const pools = [route, ...rules, ...(worth ? [worth.high, worth.low] : [])]
  return [
    ...pools.flatMap((pool) => pool.targets.map((target) => target.model)),
    ...(cascade?.steps ?? []),
    ...(cascade?.checks ?? []).flatMap((check) => (check.type === 'judge' ? [check.model] : [])),
    ...(baseline === undefined ? [] : [baseline]),
  ]
}
