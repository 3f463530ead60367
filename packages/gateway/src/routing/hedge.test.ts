import { expect, test } from 'vitest'
import { exampleFacts, exampleRoute } from '../testing/example-route.ts'
import { HealthRegistry } from './health/health-registry.ts'
import { hedgeDelayMs, type HedgeSituation } from './hedge.ts'
import { planTargets } from './plan-targets.ts'

const route = exampleRoute({
  targets: [{ model: 'openai/gpt' }, { model: 'azure/gpt' }],
  hedgeAfterMs: 800,
})
const plan = planTargets(route, exampleFacts(), {
  health: new HealthRegistry(),
  nowMs: 0,
  random: Math.random,
})
const next = plan.candidates[1]
const waiting = (situation: Partial<HedgeSituation> = {}): HedgeSituation => ({
  next,
  isNextHealthy: true,
  hedges: 0,
  hasAnswerBegun: false,
  isRepeatable: true,
  waitedMs: 300,
  remainingMs: 10_000,
  ...situation,
})

test('the next target is asked when the first has not begun to answer in time', () => {
  expect(hedgeDelayMs(route, waiting())).toBe(500)
  expect(hedgeDelayMs(route, waiting({ waitedMs: 900 }))).toBe(0)
})

test('nobody is asked twice without need, without a healthy target, or without the route wanting it', () => {
  expect(hedgeDelayMs({ hedgeAfterMs: undefined }, waiting())).toBeUndefined()
  expect(hedgeDelayMs(route, waiting({ hasAnswerBegun: true }))).toBeUndefined()
  expect(hedgeDelayMs(route, waiting({ hedges: 1 }))).toBeUndefined()
  expect(hedgeDelayMs(route, waiting({ next: undefined }))).toBeUndefined()
  expect(hedgeDelayMs(route, waiting({ next: next && { ...next, isReady: false } }))).toBeUndefined()
  expect(hedgeDelayMs(route, waiting({ isNextHealthy: false }))).toBeUndefined()
  expect(hedgeDelayMs(route, waiting({ isRepeatable: false }))).toBeUndefined()
  expect(hedgeDelayMs(route, waiting({ remainingMs: 500 }))).toBeUndefined()
})
