import { isRemoteDetector, type LocalDetectorSpec } from '@ratchet/contract'
import { suggestNames } from '../graph/index.ts'
import { makeDetector } from '../guardrails/index.ts'
import type { CheckContext } from './check-config.ts'
import { checkModel } from './check-model.ts'

/** Checks whom guardrails ask: connections and models that must exist; and whether anybody uses them. */
export function checkGuardrails(context: CheckContext): void {
  const { config, facts, report } = context
  const connections = facts.connections.map((connection) => connection.name)
  const routes = config.routes.map((route) => route.name)
  const used = new Set([...config.defaults.guardrails, ...config.routes.flatMap((route) => route.guardrails)])
  config.guardrails.forEach((guardrail, index) => {
    if (!used.has(guardrail.name)) {
      const path = `guardrails[${index}].name`
      report('warning', path, `Neither a route nor the defaults use the guardrail "${guardrail.name}".`)
    }
    guardrail.rules.forEach((rule, position) => {
      rule.detectors.forEach((detector, place) => {
        const path = `guardrails[${index}].rules[${position}].detectors[${place}]`
        if ('connection' in detector && !connections.includes(detector.connection)) {
          const suggestion = suggestNames(detector.connection, connections)
          report(
            'error',
            `${path}.connection`,
            `There is no connection "${detector.connection}".`,
            suggestion,
          )
        }
        if (!isRemoteDetector(detector)) {
          const problem = problemOf(detector)
          if (problem !== undefined) report('error', path, problem)
        }
        if (!('model' in detector)) return
        if (detector.model.includes('/')) return checkModel(context, detector.model, `${path}.model`)
        if (routes.includes(detector.model)) return
        const message = `"${detector.model}" is neither "connection/model" nor a route.`
        report('error', `${path}.model`, message, suggestNames(detector.model, routes))
      })
    })
  })
}

/** What a schema cannot tell: patterns that are refused, limits that contradict each other, schemas that do not compile. */
function problemOf(detector: LocalDetectorSpec): string | undefined {
  try {
    makeDetector(detector)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
