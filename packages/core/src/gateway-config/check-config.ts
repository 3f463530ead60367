import type { ConfigProblem, GatewayConfig, Provider } from '@ratchet/contract'
import { checkCaches, checkPrices } from './check-caches-and-prices.ts'
import { checkLimits } from './check-limits.ts'
import { checkRoute } from './check-route.ts'
import { checkGuardrails } from './check-guardrails.ts'
import { checkReferences } from './check-references.ts'
import { configSections, itemName, type ConfigSection } from './diff-config.ts'

/** What a configuration may refer to outside itself. */
export type ConfigFacts = {
  /** `models` is empty when nobody knows them. */
  readonly connections: readonly {
    readonly name: string
    readonly provider: Provider | undefined
    readonly models: readonly string[]
  }[]
  readonly environments: readonly string[]
  readonly apps: readonly string[]
}

/** Notes a problem; `path` is like `routes[0].targets[1].model`. */
export type Report = (
  severity: ConfigProblem['severity'],
  path: string,
  message: string,
  suggestion?: string,
) => void

/** What the checks of single parts need to know. */
export type CheckContext = {
  readonly config: GatewayConfig
  readonly facts: ConfigFacts
  readonly report: Report
}

/**
 * What is wrong with a configuration that has the right form: names that mean nothing, names twice, parts that can
 * never be used. Errors come first.
 */
export function checkConfig(config: GatewayConfig, facts: ConfigFacts): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  const report: Report = (severity, path, message, suggestion) =>
    void problems.push({ severity, path, message, ...(suggestion ? { suggestion } : {}) })
  const context: CheckContext = { config, facts, report }
  for (const section of configSections) checkNames(context, section)
  config.routes.forEach((route, index) => checkRoute(context, route, `routes[${index}]`))
  checkLimits(context)
  checkPrices(context)
  checkCaches(context)
  checkGuardrails(context)
  checkReferences(context, config.defaults, 'defaults')
  return problems.toSorted((a, b) => rank(a) - rank(b))
}

function rank({ severity }: ConfigProblem): number {
  return severity === 'error' ? 0 : 1
}

function checkNames({ config, report }: CheckContext, section: ConfigSection): void {
  const seen = new Map<string, number>()
  config[section].forEach((item, index) => {
    const name = itemName(item)
    const field = 'name' in item ? 'name' : 'model'
    const first = seen.get(name)
    if (first === undefined) seen.set(name, index)
    else report('error', `${section}[${index}].${field}`, `"${name}" is taken by ${section}[${first}].`)
  })
}
