import type { Budget, RateLimit } from '@ratchet/contract'
import { suggestNames } from '../graph/index.ts'
import type { CheckContext } from './check-config.ts'
import { checkModel } from './check-model.ts'

/** Checks limits and budgets: whom they are for, and that they can take effect. */
export function checkLimits(context: CheckContext): void {
  const { config, report } = context
  config.limits.forEach((limit, index) => {
    const path = `limits[${index}]`
    checkScope(context, limit, path)
    if (limit.unpriced === 'block' && limit.measure !== 'cost') {
      report(
        'warning',
        `${path}.unpriced`,
        `A limit of ${limit.measure} asks for no price; only "cost" does.`,
      )
    }
    if (limit.limit === 0) {
      report('warning', `${path}.limit`, `A limit of 0 refuses every call that "${limit.name}" counts.`)
    }
  })
  config.budgets.forEach((budget, index) => {
    const path = `budgets[${index}]`
    checkScope(context, budget, path)
    budget.warnAt.forEach((share, position) => {
      if (share <= 1 || budget.action === 'warn') return
      report(
        'warning',
        `${path}.warnAt[${position}]`,
        `Nothing is spent beyond the limit, so ${share * 100} % of it is never reached.`,
      )
    })
  })
}

function checkScope(context: CheckContext, { scope, match }: RateLimit | Budget, path: string): void {
  const { config, facts, report } = context
  if (match === undefined) return
  const place = `${path}.match`
  if (scope === 'project') {
    report('error', place, 'The project is one, so there is nothing to choose from. Leave "match" out.')
  }
  if (scope === 'model') checkModelName(context, match, place)
  const known: Readonly<Record<string, readonly string[]>> = {
    environment: facts.environments,
    route: config.routes.map((route) => route.name),
    app: facts.apps,
  }
  const names = known[scope]
  if (names === undefined || names.includes(match)) return
  // An app may be deployed later; environments and routes are all known.
  const severity = scope === 'app' ? 'warning' : 'error'
  report(severity, place, `There is no ${scope} "${match}".`, suggestNames(match, names))
}

function checkModelName(context: CheckContext, match: string, place: string): void {
  if (match.includes('/')) return checkModel(context, match, place)
  context.report('error', place, `"${match}" is no model: write it as "connection/model".`)
}
