import { providerTable, type ModelRoute, type RoutePool, type RouteTimeouts } from '@ratchet/contract'
import { checkCondition } from './check-condition.ts'
import type { CheckContext } from './check-config.ts'
import { checkModel } from './check-model.ts'
import { checkReferences } from './check-references.ts'

/** Checks one route: its name, every model it may ask, its conditions, and what it refers to. */
export function checkRoute(context: CheckContext, route: ModelRoute, path: string): void {
  checkRouteName(context, route.name, path)
  checkPool(context, route, path)
  route.rules.forEach((rule, index) => {
    checkCondition(context, rule.when, `${path}.rules[${index}].when`)
    checkPool(context, rule, `${path}.rules[${index}]`)
  })
  if (route.worth) {
    route.worth.points.forEach((part, index) =>
      checkCondition(context, part.when, `${path}.worth.points[${index}].when`),
    )
    checkPool(context, route.worth.high, `${path}.worth.high`)
    checkPool(context, route.worth.low, `${path}.worth.low`)
  }
  checkCascade(context, route, path)
  if (route.baseline !== undefined) checkModel(context, route.baseline, `${path}.baseline`)
  checkReferences(context, route, path)
  checkTimeouts(context, route.timeouts, `${path}.timeouts`)
  if (route.hedgeAfterMs !== undefined && modelsOf(route).size < 2) {
    context.report('warning', `${path}.hedgeAfterMs`, 'There is no second target that could be asked too.')
  }
}

function checkRouteName({ facts, report }: CheckContext, name: string, path: string): void {
  if (name === 'app') {
    report(
      'error',
      `${path}.name`,
      'A route cannot be named "app": models named app/<name> are deployed apps.',
    )
  }
  if (facts.connections.some((connection) => connection.name === name)) {
    report(
      'error',
      `${path}.name`,
      `"${name}" is a connection, so a route of this name would be taken for one. Choose another name.`,
    )
  }
  const listing = facts.connections.filter((connection) => connection.models.includes(name))
  if (listing.length > 0) {
    const list = listing.map((connection) => `"${connection.name}/${name}"`).join(', ')
    report('warning', `${path}.name`, `Calls of "${name}" go to this route from now on, not to ${list}.`)
  }
}

type Pool = Pick<RoutePool, 'strategy' | 'targets'>

function checkPool(context: CheckContext, { strategy, targets }: Pool, path: string): void {
  const { report } = context
  targets.forEach((target, index) => {
    const place = `${path}.targets[${index}]`
    checkModel(context, target.model, `${place}.model`)
    if (target.when) checkCondition(context, target.when, `${place}.when`)
    if (target.timeouts) checkTimeouts(context, target.timeouts, `${place}.timeouts`)
    const first = targets.findIndex((other) => other.model === target.model)
    if (first < index && target.when === undefined && targets[first]?.when === undefined) {
      report('warning', `${place}.model`, `"${target.model}" is targets[${first}] already and is asked once.`)
    }
  })
  if (strategy === 'weighted' && targets.length > 0 && targets.every((target) => target.weight === 0)) {
    report('error', `${path}.targets`, 'Every weight is 0, so no target is ever asked. Give one a weight.')
  }
}

function checkCascade(context: CheckContext, route: ModelRoute, path: string): void {
  const { cascade, worth } = route
  const { facts, report } = context
  if (!cascade) return
  if (worth) {
    report(
      'warning',
      `${path}.cascade`,
      'The route has "worth" too, which decides: the cascade is never used.',
    )
  }
  cascade.steps.forEach((model, index) => {
    checkModel(context, model, `${path}.cascade.steps[${index}]`)
    if (cascade.steps.indexOf(model) < index) {
      report(
        'error',
        `${path}.cascade.steps[${index}]`,
        `"${model}" is a step already; asking it again is a retry.`,
      )
    }
  })
  cascade.checks.forEach((check, index) => {
    const place = `${path}.cascade.checks[${index}]`
    if (check.type === 'judge') checkModel(context, check.model, `${place}.model`)
    if (check.type !== 'confidence') return
    for (const step of cascade.steps.slice(0, -1)) {
      const name = step.slice(0, step.indexOf('/'))
      const { provider } = facts.connections.find((each) => each.name === name) ?? {}
      if (provider === undefined || providerTable[provider].chat.logprobs !== false) continue
      const { label } = providerTable[provider]
      report('error', place, `${label} gives no log probabilities, so "${step}" never passes this check.`)
    }
  })
}

/** What a gateway waits without a setting. */
const longestConnectMs = 10_000

function checkTimeouts({ report }: CheckContext, timeouts: RouteTimeouts, path: string): void {
  const { connectMs, totalMs } = timeouts
  if (connectMs !== undefined && connectMs > longestConnectMs) {
    report(
      'warning',
      `${path}.connectMs`,
      `No connection is waited for longer than ${longestConnectMs} ms, so ${connectMs} ms change nothing.`,
    )
  }
  if (totalMs === undefined) return
  for (const field of ['connectMs', 'firstTokenMs', 'betweenTokensMs'] as const) {
    const value = timeouts[field]
    if (value === undefined || value <= totalMs) continue
    report(
      'warning',
      `${path}.${field}`,
      `${value} ms are never reached: all attempts end after ${totalMs} ms.`,
    )
  }
}

function modelsOf(route: ModelRoute): ReadonlySet<string> {
  const pools = [route, route.worth?.high, route.worth?.low, ...route.rules]
  return new Set(pools.flatMap((pool) => (pool ? pool.targets.map((target) => target.model) : [])))
}
