import type { ConditionTest } from '@ratchet/contract'
import { fieldReader, isCounted } from './read-field.ts'
import type { FactValue, RequestFacts } from './request-facts.ts'

type Check = (value: FactValue) => boolean

/** One test as a function. A field without an operator asks whether the request tells it. */
export function compileTest(test: ConditionTest): (facts: RequestFacts) => boolean {
  const read = fieldReader(test.field)
  const checks = compileOperators(test)
  const [only] = checks
  if (only === undefined) return (facts) => isTold(read(facts))
  if (checks.length === 1) return (facts) => only(read(facts))
  return (facts) => {
    const value = read(facts)
    for (const check of checks) if (!check(value)) return false
    return true
  }
}

function compileOperators(test: ConditionTest): Check[] {
  const { equals, notEquals, startsWith, contains, above, below, exists } = test
  const equalTo = isCounted(test.field) ? countEqualTo : textEqualTo
  const checks: Check[] = []
  if (equals !== undefined) checks.push(anyOf(equalTo(equals)))
  if (notEquals !== undefined) checks.push(not(anyOf(equalTo(notEquals))))
  if (test.in !== undefined) checks.push(isOneOf(test.in.map(equalTo)))
  if (startsWith !== undefined) checks.push(anyOf((value) => textOf(value)?.startsWith(startsWith) === true))
  if (contains !== undefined) checks.push(anyOf((value) => textOf(value)?.includes(contains) === true))
  if (above !== undefined) checks.push(anyOf((value) => numberOf(value) > above))
  if (below !== undefined) checks.push(anyOf((value) => numberOf(value) < below))
  if (exists !== undefined) checks.push((value) => isTold(value) === exists)
  return checks
}

/** Headers and metadata are mostly text, so 3 equals "3" and true equals "true". */
function textEqualTo(wanted: string | number | boolean): Check {
  const text = String(wanted)
  return (value) => textOf(value) === text
}

function countEqualTo(wanted: string | number | boolean): Check {
  if (typeof wanted !== 'boolean') return textEqualTo(wanted)
  return (value) => numberOf(value) > 0 === wanted
}

function isOneOf(choices: readonly Check[]): Check {
  return anyOf((value) => choices.some((choice) => choice(value)))
}

/** A list meets a check when one of its members does: tags are lists. */
function anyOf(check: Check): Check {
  return (value) => (Array.isArray(value) ? value.some(check) : check(value))
}

function not(check: Check): Check {
  return (value) => !check(value)
}

function isTold(value: FactValue): boolean {
  if (Array.isArray(value)) return value.some(isTold)
  return value !== undefined && value !== null && value !== ''
}

function textOf(value: FactValue): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** NaN, which is neither above nor below anything, for what is no number. */
function numberOf(value: FactValue): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
}
