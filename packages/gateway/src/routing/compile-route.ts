import { createHash } from 'node:crypto'
import {
  modelRoute,
  type FailureKind,
  type GatewayConfig,
  type ModelPrice,
  type ModelRoute,
  type RoutePool,
  type RouteTarget,
  type RouteTimeouts,
} from '@ratchet/contract'
import { compileCondition } from '@ratchet/core/conditions'
import type { CompiledConnection } from '../snapshot/compile-snapshot.ts'
import type { CompiledPool, CompiledRoute, CompiledTarget } from './compiled-route.ts'
import { hashText } from './hash-text.ts'

/** Where a route's models are found. */
export type RouteSources = {
  readonly findConnection: (name: string) => CompiledConnection | undefined
  /** Default: the connection's own prices. */
  readonly findPrice?: (connection: CompiledConnection, model: string) => ModelPrice | undefined
}

/**
 * Compiles a route for the request path; done once for each snapshot. A model of a connection that does not exist is
 * left out and named in `problems`; a route without any model left gives plans without candidates.
 */
export function compileRoute(route: ModelRoute, sources: RouteSources): CompiledRoute {
  const problems: string[] = []
  const pool = (source: Pick<RoutePool, 'strategy' | 'sticky' | 'targets'>): CompiledPool => ({
    strategy: source.strategy,
    sticky: source.sticky,
    targets: source.targets.flatMap((target) => {
      const compiled = compileTarget(target, route.timeouts, sources)
      if (compiled === undefined) problems.push(unknownConnection(target.model))
      return compiled ?? []
    }),
  })
  const { worth, cascade, baseline } = route
  if (worth !== undefined && cascade !== undefined) {
    problems.push('The route has both "worth" and "cascade": worth decides, the cascade is never used.')
  }
  return {
    name: route.name,
    fingerprint: fingerprintOf(route),
    pool: pool(route),
    rules: route.rules.map((rule, index) => ({
      name: rule.name ?? String(index + 1),
      when: compileCondition(rule.when),
      pool: pool(rule),
    })),
    worth:
      worth === undefined
        ? undefined
        : {
            points: worth.points.map(({ when, points }) => ({ when: compileCondition(when), points })),
            threshold: worth.threshold,
            high: pool(worth.high),
            low: pool(worth.low),
          },
    cascade:
      cascade === undefined
        ? undefined
        : {
            steps: pool({ strategy: 'ordered', sticky: 'none', targets: cascade.steps.map(asTarget) }),
            checks: cascade.checks,
            whenStrongerFails: cascade.whenStrongerFails,
          },
    retries: route.retries,
    retryOn: new Set(route.retries.on),
    fallbackOn: new Set(route.fallbackOn),
    timeouts: route.timeouts,
    hedgeAfterMs: route.hedgeAfterMs,
    dropUnsupported: route.dropUnsupported,
    baseline: baseline === undefined ? undefined : compileTarget(asTarget(baseline), {}, sources),
    cache: route.cache,
    guardrails: route.guardrails,
    problems: [...new Set(problems)],
  }
}

/** The routes of a project by name. */
export function compileRoutes(
  config: Pick<GatewayConfig, 'routes'>,
  sources: RouteSources,
): ReadonlyMap<string, CompiledRoute> {
  return new Map(config.routes.map((route) => [route.name, compileRoute(route, sources)]))
}

/** A route for callers who name a model themselves: that model, with the retries that every route has. */
export function compileDirectRoute(
  connection: CompiledConnection,
  model: string,
  findPrice?: RouteSources['findPrice'],
): CompiledRoute {
  const target = makeTarget(asTarget(`${connection.name}/${model}`), { connection, model, findPrice })
  return {
    ...directDefaults,
    name: '',
    retryOn: directRetries,
    pool: { strategy: 'ordered', sticky: 'none', targets: [target] },
  }
}

/** The names that `GET /v1/models` lists: routes that have a model to ask. */
export function listRouteNames(routes: ReadonlyMap<string, CompiledRoute>): string[] {
  return [...routes.values()].filter(hasTarget).map(({ name }) => name)
}

function hasTarget({ pool, rules, worth, cascade }: CompiledRoute): boolean {
  const pools = [pool, worth?.high, worth?.low, cascade?.steps, ...rules.map((rule) => rule.pool)]
  return pools.some((some) => some !== undefined && some.targets.length > 0)
}

function compileTarget(
  target: RouteTarget,
  routeTimeouts: RouteTimeouts,
  sources: RouteSources,
): CompiledTarget | undefined {
  const slash = target.model.indexOf('/')
  const connection = sources.findConnection(target.model.slice(0, slash))
  if (connection === undefined) return undefined
  const model = target.model.slice(slash + 1)
  return makeTarget(target, { connection, model, findPrice: sources.findPrice, routeTimeouts })
}

type TargetParts = {
  readonly connection: CompiledConnection
  readonly model: string
  readonly findPrice: RouteSources['findPrice']
  readonly routeTimeouts?: RouteTimeouts
}

function makeTarget(target: RouteTarget, parts: TargetParts): CompiledTarget {
  const { connection, model, findPrice } = parts
  return {
    name: target.model,
    healthKey: `${connection.project} ${target.model}`,
    connection,
    model,
    weight: target.weight,
    when: target.when === undefined ? undefined : compileCondition(target.when),
    timeouts: { ...parts.routeTimeouts, ...target.timeouts },
    parameters: target.parameters,
    price: findPrice === undefined ? connection.priceByModel.get(model) : findPrice(connection, model),
    hash: hashText(target.model),
  }
}

function asTarget(model: string): RouteTarget {
  return { model, weight: 1 }
}

function unknownConnection(model: string): string {
  const name = model.slice(0, model.indexOf('/'))
  return `There is no connection "${name}", so "${model}" is left out. Add it: ratchet connections add ${name}`
}

/** Zod keeps the order of its own schema, so equal routes have equal text. */
function fingerprintOf(route: ModelRoute): string {
  const text = JSON.stringify({ ...route, description: undefined })
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

/** Who names a model is told of its limits at once: its client knows better how long it may wait. */
const directRetries: ReadonlySet<FailureKind> = new Set([
  'connect',
  'overloaded',
  'server-error',
  'stream-cut',
])
const directDefaults = compileRoute(modelRoute.parse({ name: 'direct', targets: [{ model: 'none/none' }] }), {
  findConnection: () => undefined,
})
