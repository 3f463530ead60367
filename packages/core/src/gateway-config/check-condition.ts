import type { Condition } from '@ratchet/contract'
import { suggestNames } from '../graph/index.ts'
import type { CheckContext } from './check-config.ts'

const operators = ['equals', 'notEquals', 'in', 'startsWith', 'contains', 'above', 'below', 'exists'] as const
const numbers = new Set(['inputTokens'])
const truths = new Set(['stream', 'tools', 'images'])

/** Checks a condition: a test without an operator, one that nothing can meet, names of environments, routes and apps. */
export function checkCondition(context: CheckContext, condition: Condition, path: string): void {
  if ('all' in condition) return checkEach(context, condition.all, `${path}.all`)
  if ('any' in condition) return checkEach(context, condition.any, `${path}.any`)
  if ('not' in condition) return checkCondition(context, condition.not, `${path}.not`)
  const { report } = context
  const { field, above, below } = condition
  if (operators.every((operator) => condition[operator] === undefined)) {
    report('error', path, `The test of "${field}" says nothing: give one of ${operators.join(', ')}.`)
  }
  if (above !== undefined && below !== undefined && above >= below) {
    report('error', path, `Nothing is above ${above} and below ${below}.`)
  }
  const isText = condition.startsWith !== undefined || condition.contains !== undefined
  const isNumber = above !== undefined || below !== undefined
  if ((numbers.has(field) && isText) || (truths.has(field) && (isText || isNumber))) {
    const kind = numbers.has(field) ? 'a number' : 'true or false'
    report('error', path, `"${field}" is ${kind}, which this test never meets.`)
  }
  checkValues(context, condition, path)
}

function checkEach(context: CheckContext, conditions: readonly Condition[], path: string): void {
  conditions.forEach((each, index) => checkCondition(context, each, `${path}[${index}]`))
}

function checkValues(
  { config, facts, report }: CheckContext,
  condition: Extract<Condition, { field: string }>,
  path: string,
): void {
  const known: Readonly<Record<string, readonly string[]>> = {
    environment: facts.environments,
    route: config.routes.map((route) => route.name),
    app: facts.apps,
  }
  const names = known[condition.field]
  if (names === undefined) return
  for (const value of [condition.equals, ...(condition.in ?? [])]) {
    if (typeof value !== 'string' || names.includes(value)) continue
    report(
      'warning',
      path,
      `There is no ${condition.field} "${value}".`,
      suggestNames(value, names) || (names.length === 0 ? undefined : `There are: ${names.join(', ')}.`),
    )
  }
}
