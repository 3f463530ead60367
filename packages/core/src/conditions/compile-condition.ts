import type { Condition } from '@ratchet/contract'
import { compileTest } from './compile-test.ts'
import type { RequestFacts } from './request-facts.ts'

/** A condition as a function; it never throws and allocates nothing when it is asked. */
export type CompiledCondition = (facts: RequestFacts) => boolean

/**
 * Turns a condition into a function. A fact that the request does not tell meets `notEquals` and `exists: false`, and
 * nothing else. Values are compared as text (3 equals "3"), `above` and `below` as numbers; a list meets a test when
 * one of its members does.
 */
export function compileCondition(condition: Condition): CompiledCondition {
  if ('all' in condition) {
    const parts = condition.all.map(compileCondition)
    return (facts) => {
      for (const part of parts) if (!part(facts)) return false
      return true
    }
  }
  if ('any' in condition) {
    const parts = condition.any.map(compileCondition)
    return (facts) => {
      for (const part of parts) if (part(facts)) return true
      return false
    }
  }
  if ('not' in condition) {
    const part = compileCondition(condition.not)
    return (facts) => !part(facts)
  }
  return compileTest(condition)
}
