import type { Condition, ConditionTest } from '@ratchet/contract'

/** A condition in words: `metadata.tier is gold and inputTokens above 4000`. */
export function conditionWords(condition: Condition): string {
  if ('all' in condition) return condition.all.map(inner).join(' and ')
  if ('any' in condition) return condition.any.map(inner).join(' or ')
  if ('not' in condition) return `not ${inner(condition.not)}`
  return testWords(condition)
}

function inner(condition: Condition): string {
  const words = conditionWords(condition)
  return 'all' in condition || 'any' in condition ? `(${words})` : words
}

function testWords(test: ConditionTest): string {
  const parts = [
    ...(test.equals === undefined ? [] : [`is ${String(test.equals)}`]),
    ...(test.notEquals === undefined ? [] : [`is not ${String(test.notEquals)}`]),
    ...(test.in === undefined ? [] : [`is one of ${test.in.join(', ')}`]),
    ...(test.startsWith === undefined ? [] : [`starts with ${test.startsWith}`]),
    ...(test.contains === undefined ? [] : [`contains ${test.contains}`]),
    ...(test.above === undefined ? [] : [`above ${String(test.above)}`]),
    ...(test.below === undefined ? [] : [`below ${String(test.below)}`]),
    ...(test.exists === undefined ? [] : [test.exists ? 'is given' : 'is not given']),
  ]
  return `${test.field} ${parts.length === 0 ? 'is given' : parts.join(' and ')}`
}
