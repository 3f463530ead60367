import { routeStrategies } from '@ratchet/contract'
import { makeRandom } from '@ratchet/core/statistics'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exampleConnections, exampleFacts, exampleRoute } from '../testing/example-route.ts'
import { HealthRegistry } from './health/health-registry.ts'
import { planTargets, type Plan, type PlanContext } from './plan-targets.ts'
import { PlanWalk } from './walk-plan.ts'

const project = exampleConnections.get('openai')?.project ?? ''
const keyOf = (name: string) => `${project} ${name}`

function makeContext(seed: number | string = 1): PlanContext & { readonly health: HealthRegistry } {
  return { health: new HealthRegistry(), nowMs: 1_000, random: makeRandom(seed) }
}

function breakTarget({ health, nowMs }: PlanContext, name: string): void {
  const target = health.of(keyOf(name), nowMs)
  while (target.state !== 'open') target.failed(target.begin(nowMs), 'server-error', nowMs)
}

const namesOf = (plan: Plan) => plan.candidates.map(({ target }) => target.name)

const stickyRoute = exampleRoute({
  strategy: 'weighted',
  sticky: 'session',
  targets: [
    { model: 'openai/gpt', weight: 2 },
    { model: 'azure/gpt', weight: 1 },
    { model: 'anthropic/gpt', weight: 1 },
  ],
})
const firstOf = (session: string, context: PlanContext) =>
  planTargets(stickyRoute, exampleFacts({ session }), context).candidates[0]?.target.name

test('a session keeps its target, leaves only a broken one, and comes back', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }),
      fc.constantFrom('openai/gpt', 'azure/gpt'),
      (session, broken) => {
        const healthy = makeContext(session)
        const before = firstOf(session, healthy)
        expect(firstOf(session, healthy)).toBe(before)
        const outage = makeContext()
        breakTarget(outage, broken)
        const during = firstOf(session, outage)
        expect(during === before).toBe(before !== broken)
        expect(firstOf(session, { ...outage, nowMs: outage.nowMs + 5_000 })).toBe(before)
      },
    ),
  )
})

test('sessions spread over targets by weight', () => {
  const counts: Record<string, number> = {}
  for (let index = 0; index < 8_000; index++) {
    const first = firstOf(`session-${index}`, makeContext()) ?? ''
    counts[first] = (counts[first] ?? 0) + 1
  }
  expect(Math.abs((counts['openai/gpt'] ?? 0) / 8_000 - 0.5)).toBeLessThan(0.03)
  expect(Math.abs((counts['azure/gpt'] ?? 0) / 8_000 - 0.25)).toBeLessThan(0.03)
})

const models = ['openai/gpt', 'azure/gpt', 'anthropic/gpt', 'local/gpt', 'missing/gpt'] as const
const anyTarget = fc.record({
  model: fc.constantFrom(...models),
  weight: fc.constantFrom(0, 1, 3),
  when: fc.constantFrom(undefined, { field: 'stream', equals: true }, { field: 'user', exists: true }),
})
const anyPool = fc.record({
  strategy: fc.constantFrom(...routeStrategies),
  sticky: fc.constantFrom('none', 'session', 'user'),
  targets: fc.array(anyTarget, { minLength: 1, maxLength: 6 }),
})
const anyCondition = fc.constantFrom({ field: 'stream', equals: true }, { field: 'session', exists: true })
const anyRoute = fc
  .record({
    own: anyPool,
    rules: fc.array(fc.record({ when: anyCondition, pool: anyPool }), { maxLength: 2 }),
    worth: fc.option(fc.record({ high: anyPool, low: anyPool }), { nil: undefined }),
    cascade: fc.option(fc.uniqueArray(fc.constantFrom(...models), { minLength: 2, maxLength: 4 }), {
      nil: undefined,
    }),
  })
  .map(({ own, rules, worth, cascade }) =>
    exampleRoute({
      ...own,
      rules: rules.map(({ when, pool }) => ({ when, ...pool })),
      worth: worth && {
        ...worth,
        threshold: 1,
        points: [{ when: { field: 'user', exists: true }, points: 1 }],
      },
      cascade: cascade && { steps: cascade, checks: [{ type: 'refusal' }] },
    }),
  )
const anyFacts = fc
  .record({
    stream: fc.boolean(),
    user: fc.constantFrom('', 'ana'),
    session: fc.constantFrom('', 's1', 's2'),
  })
  .map(exampleFacts)
const anyOutage = fc.subarray([...models])

test('no plan has a model twice, and a healthy target always goes before a broken one', () => {
  fc.assert(
    fc.property(anyRoute, anyFacts, anyOutage, fc.integer(), (route, facts, broken, seed) => {
      const context = makeContext(seed)
      for (const name of broken) breakTarget(context, name)
      const plan = planTargets(route, facts, context)
      const names = namesOf(plan)
      expect(new Set(names).size).toBe(names.length)
      const isBroken = names.map((name) => broken.includes(name as (typeof models)[number]))
      expect(isBroken).toEqual([...isBroken].sort((a, b) => Number(a) - Number(b)))
      expect(plan.candidates.map(({ isReady }) => !isReady)).toEqual(isBroken)
      expect(plan.candidates.at(-1)?.isChecked ?? false).toBe(false)
    }),
  )
})

test('a walk asks every candidate once, and the next one is healthy whenever a healthy one is left', () => {
  fc.assert(
    fc.property(anyRoute, anyFacts, fc.array(anyOutage, { maxLength: 6 }), (route, facts, outages) => {
      const context = makeContext()
      const plan = planTargets(route, facts, context)
      const walk = new PlanWalk(plan)
      const left = new Set(namesOf(plan))
      for (let step = 0; walk.current !== undefined; step++) {
        expect(left.delete(walk.current.target.name)).toBe(true)
        for (const name of outages[step] ?? []) breakTarget(context, name)
        const isHealthy = (name: string) =>
          context.health.readyAtMs(keyOf(name), context.nowMs) <= context.nowMs
        expect(walk.hasNext).toBe(left.size > 0)
        const peeked = walk.peekNext(context)
        const next = walk.advance(context)
        expect(next).toBe(peeked)
        expect(next !== undefined && isHealthy(next.target.name)).toBe([...left].some(isHealthy))
      }
      expect(left.size).toBe(0)
    }),
  )
})

test('the same seed gives the same plan', () => {
  fc.assert(
    fc.property(anyRoute, anyFacts, fc.integer(), (route, facts, seed) => {
      const plan = () => planTargets(route, facts, makeContext(seed)).candidates
      expect(plan()).toEqual(plan())
    }),
  )
})
