import { isDeepStrictEqual } from 'node:util'
import { AppError } from '@ratchet/contract'
import type { ComparisonOperator, FlowCondition } from './parse-condition.ts'
import { resolveReference, type FlowState } from './resolve-value.ts'

/**
 * Whether a `when` holds. Empty text, empty lists and objects, 0, false and null count as false. Throws
 * `validation_failed` when values cannot be ordered.
 */
export function evaluateCondition(condition: FlowCondition, state: FlowState): boolean {
  return isTrue(evaluate(condition, state))
}

function evaluate(condition: FlowCondition, state: FlowState): unknown {
  switch (condition.kind) {
    case 'literal':
      return condition.value
    case 'list':
      return condition.items.map((item) => evaluate(item, state))
    case 'reference':
      return resolveReference(condition.reference, state)
    case 'not':
      return !isTrue(evaluate(condition.inner, state))
    case 'and':
      return isTrue(evaluate(condition.left, state)) && isTrue(evaluate(condition.right, state))
    case 'or':
      return isTrue(evaluate(condition.left, state)) || isTrue(evaluate(condition.right, state))
    case 'compare':
      return compare(condition.operator, evaluate(condition.left, state), evaluate(condition.right, state))
  }
}

function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value)
}

function compare(operator: ComparisonOperator, left: unknown, right: unknown): boolean {
  switch (operator) {
    case '==':
      return isDeepStrictEqual(left, right)
    case '!=':
      return !isDeepStrictEqual(left, right)
    case 'in':
      return isIn(left, right)
    case 'not in':
      return !isIn(left, right)
    default:
      return order(operator, left, right)
  }
}

function order(operator: '>' | '>=' | '<' | '<=', left: unknown, right: unknown): boolean {
  const isOrdered =
    (typeof left === 'number' && typeof right === 'number') ||
    (typeof left === 'string' && typeof right === 'string')
  if (!isOrdered) {
    throw new AppError('validation_failed', {
      message: `A condition cannot order ${kindOf(left)} ${operator} ${kindOf(right)}. Compare two numbers or two texts.`,
      details: { operator },
    })
  }
  const [a, b] = [left, right] as [number, number] | [string, string]
  if (operator === '>') return a > b
  if (operator === '>=') return a >= b
  return operator === '<' ? a < b : a <= b
}

function isIn(item: unknown, container: unknown): boolean {
  if (Array.isArray(container)) return container.some((each) => isDeepStrictEqual(each, item))
  if (typeof container === 'string') return typeof item === 'string' && container.includes(item)
  if (typeof container !== 'object' || container === null) return false
  return typeof item === 'string' && Object.hasOwn(container, item)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`
}
