/** Conditions on requests (`when` in routes, limits and guardrails) as functions of what is known about a request. */
export { compileCondition, type CompiledCondition } from './compile-condition.ts'
export type { FactValue, RequestFacts } from './request-facts.ts'
