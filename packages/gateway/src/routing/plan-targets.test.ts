import { makeRandom } from '@ratchet/core/statistics'
import { expect, test } from 'vitest'
import { exampleConnections, exampleFacts, exampleRoute } from '../testing/example-route.ts'
import { compileDirectRoute, listRouteNames } from './compile-route.ts'
import type { CompiledRoute } from './compiled-route.ts'
import { HealthRegistry } from './health/health-registry.ts'
import { answerScope, describeAttempt, planTargets, type Plan, type PlanContext } from './plan-targets.ts'

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
const reasonsOf = (plan: Plan) => plan.candidates.map(({ reason }) => reason)

function countFirsts(route: CompiledRoute, context: PlanContext, draws: number): Record<string, number> {
  const counts: Record<string, number> = {}
  for (let index = 0; index < draws; index++) {
    const [first] = namesOf(planTargets(route, exampleFacts(), context))
    counts[first ?? ''] = (counts[first ?? ''] ?? 0) + 1
  }
  return counts
}

const three = [{ model: 'openai/gpt' }, { model: 'azure/gpt' }, { model: 'anthropic/gpt' }]

test('targets are asked in the order they are written', () => {
  const plan = planTargets(exampleRoute({ targets: three }), exampleFacts(), makeContext())
  expect(namesOf(plan)).toEqual(['openai/gpt', 'azure/gpt', 'anthropic/gpt'])
  expect(reasonsOf(plan)).toEqual(['first in order', 'fallback', 'fallback'])
})

test('a target whose condition does not hold is not asked', () => {
  const route = exampleRoute({
    targets: [
      { model: 'openai/gpt', when: { field: 'metadata.region', notEquals: 'eu' } },
      { model: 'local/gpt' },
    ],
  })
  const plan = planTargets(route, exampleFacts({ metadata: { region: 'eu' } }), makeContext())
  expect(namesOf(plan)).toEqual(['local/gpt'])
})

test('an open breaker puts a target last, with the time that is left', () => {
  const context = makeContext()
  breakTarget(context, 'openai/gpt')
  const plan = planTargets(exampleRoute({ targets: three }), exampleFacts(), context)
  expect(namesOf(plan)).toEqual(['azure/gpt', 'anthropic/gpt', 'openai/gpt'])
  expect(reasonsOf(plan)).toEqual(['fallback', 'fallback', 'last: breaker open, 5 s to go'])
})

test('when all breakers are open, the one that is tried again soonest is asked', () => {
  const context = makeContext()
  for (const [index, name] of ['anthropic/gpt', 'openai/gpt', 'azure/gpt'].entries()) {
    breakTarget({ ...context, nowMs: index * 100 }, name)
  }
  const plan = planTargets(exampleRoute({ targets: three }), exampleFacts(), context)
  expect(namesOf(plan)).toEqual(['anthropic/gpt', 'openai/gpt', 'azure/gpt'])
})

test('a connection whose credentials all rest is asked last', () => {
  const context: PlanContext = {
    ...makeContext(),
    credentialsReadyAtMs: (target, nowMs) => (target.connection.name === 'openai' ? nowMs + 3_000 : 0),
  }
  const plan = planTargets(exampleRoute({ targets: three }), exampleFacts(), context)
  expect(namesOf(plan)).toEqual(['azure/gpt', 'anthropic/gpt', 'openai/gpt'])
  expect(plan.candidates[2]?.reason).toBe('last: resting for 3 s')
})

test('the first rule that holds decides alone', () => {
  const route = exampleRoute({
    rules: [
      {
        name: 'gold',
        when: { field: 'metadata.tier', equals: 'gold' },
        targets: [{ model: 'anthropic/gpt' }],
      },
      { when: { field: 'inputTokens', above: 50 }, targets: [{ model: 'local/gpt' }] },
    ],
    targets: three,
  })
  const gold = planTargets(route, exampleFacts({ metadata: { tier: 'gold' } }), makeContext())
  expect([gold.branch, namesOf(gold), reasonsOf(gold)]).toEqual([
    'rule gold',
    ['anthropic/gpt'],
    ['rule gold, first in order'],
  ])
  const long = planTargets(route, exampleFacts(), makeContext())
  expect([long.branch, namesOf(long)]).toEqual(['rule 2', ['local/gpt']])
  expect(namesOf(planTargets(route, exampleFacts({ inputTokens: 1 }), makeContext()))).toHaveLength(3)
})

const worthRoute = exampleRoute({
  worth: {
    points: [
      { when: { field: 'metadata.plan', equals: 'enterprise' }, points: 10 },
      { when: { field: 'inputTokens', above: 50 }, points: 2 },
      { when: { field: 'user', equals: 'robot' }, points: -20 },
    ],
    threshold: 10,
    high: { targets: [{ model: 'anthropic/gpt' }] },
    low: { targets: [{ model: 'openai/gpt' }] },
  },
  targets: [{ model: 'local/gpt' }],
})

test('worth adds up points, and the other side is the fallback', () => {
  const valuable = exampleFacts({ metadata: { plan: 'enterprise' } })
  const high = planTargets(worthRoute, valuable, makeContext())
  expect(namesOf(high)).toEqual(['anthropic/gpt', 'openai/gpt', 'local/gpt'])
  expect(high.candidates[0]?.reason).toBe('worth 12 >= 10: high, first in order')
  const low = planTargets(worthRoute, { ...valuable, user: 'robot' }, makeContext())
  expect(namesOf(low)).toEqual(['openai/gpt', 'anthropic/gpt', 'local/gpt'])
  expect(low.branch).toBe('worth -8 < 10: low')
})

const cascadeRoute = exampleRoute({
  cascade: { steps: ['openai/gpt', 'azure/gpt', 'anthropic/gpt'], checks: [{ type: 'refusal' }] },
  targets: [{ model: 'local/gpt' }],
})

test('every step of a cascade but the last is checked, and the route has its other targets as fallback', () => {
  const plan = planTargets(cascadeRoute, exampleFacts(), makeContext())
  expect(plan.candidates.map(({ target, isChecked }) => [target.name, isChecked])).toEqual([
    ['openai/gpt', true],
    ['azure/gpt', true],
    ['anthropic/gpt', false],
    ['local/gpt', false],
  ])
  expect(plan.checks).toEqual([{ type: 'refusal' }])
  expect(reasonsOf(plan)[1]).toBe('cascade, step 2')
})

test('when the strong model is down, the last step that can be asked is taken as it is', () => {
  const context = makeContext()
  breakTarget(context, 'anthropic/gpt')
  const plan = planTargets(cascadeRoute, exampleFacts(), context)
  expect(plan.candidates.map(({ target, isChecked }) => [target.name, isChecked])).toEqual([
    ['openai/gpt', true],
    ['azure/gpt', false],
    ['local/gpt', false],
    ['anthropic/gpt', false],
  ])
})

test('weights hold over many draws', () => {
  const route = exampleRoute({
    strategy: 'weighted',
    targets: [
      { model: 'openai/gpt', weight: 7 },
      { model: 'azure/gpt', weight: 2 },
      { model: 'anthropic/gpt', weight: 1 },
      { model: 'local/gpt', weight: 0 },
    ],
  })
  const draws = 20_000
  const counts = countFirsts(route, makeContext(), draws)
  // Five standard deviations of a binomial share.
  const near = (share: number) => 5 * Math.sqrt((share * (1 - share)) / draws)
  expect(Math.abs((counts['openai/gpt'] ?? 0) / draws - 0.7)).toBeLessThan(near(0.7))
  expect(Math.abs((counts['azure/gpt'] ?? 0) / draws - 0.2)).toBeLessThan(near(0.2))
  expect(Math.abs((counts['anthropic/gpt'] ?? 0) / draws - 0.1)).toBeLessThan(near(0.1))
  expect(counts['local/gpt']).toBeUndefined()
  const plan = planTargets(route, exampleFacts(), makeContext(3))
  expect(plan.candidates[0]?.reason).toMatch(/^weighted (?:70|20|10) %$/)
  expect(namesOf(plan)[3]).toBe('local/gpt')
})

test('the share of a broken target goes to the others by their weights', () => {
  const context = makeContext()
  breakTarget(context, 'openai/gpt')
  const route = exampleRoute({
    strategy: 'weighted',
    targets: [
      { model: 'openai/gpt', weight: 6 },
      { model: 'azure/gpt', weight: 3 },
      { model: 'anthropic/gpt', weight: 1 },
    ],
  })
  const counts = countFirsts(route, context, 10_000)
  expect(counts['openai/gpt']).toBeUndefined()
  expect(Math.abs((counts['azure/gpt'] ?? 0) / 10_000 - 0.75)).toBeLessThan(0.025)
})

test('the cheapest model for the estimated tokens is asked first, one without a price last', () => {
  const route = exampleRoute({
    strategy: 'cost',
    targets: [
      { model: 'local/unpriced' },
      { model: 'local/gpt' },
      { model: 'openai/gpt' },
      { model: 'azure/gpt' },
    ],
  })
  const plan = planTargets(route, exampleFacts({ inputTokens: 1_000 }), makeContext())
  expect(namesOf(plan)).toEqual(['openai/gpt', 'azure/gpt', 'local/gpt', 'local/unpriced'])
  expect(plan.candidates[0]?.reason).toBe('cheapest, about 0.0026 USD')
})

test('the faster model gets the calls, new ones are measured, slow ones once in a while again', () => {
  const context = makeContext()
  const measure = (name: string, ms: number) => context.health.of(keyOf(name), 0).firstToken.observe(ms, 0)
  measure('openai/gpt', 900)
  measure('azure/gpt', 200)
  const route = exampleRoute({ strategy: 'latency', targets: three.slice(0, 2) })
  const streaming = exampleFacts({ stream: true })
  const firsts = Array.from({ length: 2_000 }, () => planTargets(route, streaming, context).candidates[0])
  const slow = firsts.filter((first) => first?.target.name === 'openai/gpt')
  expect(slow.length).toBeGreaterThan(20)
  expect(slow.length).toBeLessThan(80)
  expect(new Set(slow.map((first) => first?.reason))).toEqual(new Set(['measured again']))
  expect(firsts.some((first) => first?.reason === 'faster of two, 200 ms')).toBe(true)
  const withNew = exampleRoute({ strategy: 'latency', targets: three })
  const isNewFirst = () => namesOf(planTargets(withNew, streaming, context))[0] === 'anthropic/gpt'
  expect(Array.from({ length: 100 }, isNewFirst).filter(Boolean).length).toBeGreaterThan(50)
  context.health.of(keyOf('anthropic/gpt'), 0).begin(0)
  expect(Array.from({ length: 100 }, isNewFirst).filter(Boolean).length).toBeLessThan(20)
})

test('the less busy of two is asked', () => {
  const context = makeContext()
  for (let count = 0; count < 5; count++) context.health.of(keyOf('openai/gpt'), 0).begin(0)
  context.health.of(keyOf('azure/gpt'), 0).begin(0)
  const route = exampleRoute({ strategy: 'load', targets: three.slice(0, 2) })
  expect(countFirsts(route, context, 100)).toEqual({ 'azure/gpt': 100 })
  const plan = planTargets(route, exampleFacts(), context)
  expect(plan.candidates[0]?.reason).toBe('less busy of two, 1 running')
})

test.each(['weighted', 'latency', 'cost', 'load'] as const)(
  'by %s, a target of weight 0 is only a fallback, for every session too',
  (strategy) => {
    const targets = [{ model: 'local/gpt', weight: 0 }, { model: 'openai/gpt' }, { model: 'azure/gpt' }]
    for (const sticky of ['none', 'session'] as const) {
      const route = exampleRoute({ strategy, sticky, targets })
      for (let index = 0; index < 50; index++) {
        const facts = exampleFacts({ session: `session-${index}` })
        const plan = planTargets(route, facts, makeContext(index))
        expect(plan.candidates.at(-1)).toMatchObject({ target: { name: 'local/gpt' }, reason: 'fallback' })
      }
    }
  },
)

test('models of unknown connections are left out and reported, and a route without any is not listed', () => {
  const half = exampleRoute({ targets: [{ model: 'missing/gpt' }, { model: 'openai/gpt' }] })
  expect(half.problems).toEqual([
    'There is no connection "missing", so "missing/gpt" is left out. Add it: ratchet connections add missing',
  ])
  expect(namesOf(planTargets(half, exampleFacts(), makeContext()))).toEqual(['openai/gpt'])
  const empty = exampleRoute({ targets: [{ model: 'missing/gpt' }] })
  expect(planTargets(empty, exampleFacts(), makeContext()).candidates).toEqual([])
  const routes = new Map([
    ['half', { ...half, name: 'half' }],
    ['empty', { ...empty, name: 'empty' }],
    ['cascade', { ...cascadeRoute, name: 'cascade' }],
  ])
  expect(listRouteNames(routes)).toEqual(['half', 'cascade'])
})

test('a model that a caller names has a plan of its own', () => {
  const connection = exampleConnections.get('azure')
  if (connection === undefined) throw new Error('no connection')
  const route = compileDirectRoute(connection, 'org/model:free')
  const plan = planTargets(route, exampleFacts(), makeContext())
  expect(plan.candidates).toMatchObject([
    { target: { name: 'azure/org/model:free', model: 'org/model:free' }, isReady: true, isChecked: false },
  ])
  expect(route.retries.attempts).toBe(1)
})

test('an answer is shared by requests of the same part of a route, whoever is healthy, and by no others', () => {
  const scope = (route: CompiledRoute, facts = exampleFacts(), context: PlanContext = makeContext()) =>
    answerScope(planTargets(route, facts, context))
  const outage = makeContext()
  breakTarget(outage, 'anthropic/gpt')
  const valuable = exampleFacts({ metadata: { plan: 'enterprise' } })
  expect(scope(worthRoute, valuable, outage)).toBe(scope(worthRoute, valuable))
  expect(scope(worthRoute, { ...valuable, inputTokens: 1 })).toBe(scope(worthRoute, valuable))
  expect(scope(worthRoute)).not.toBe(scope(worthRoute, valuable))
  expect(scope(exampleRoute({ targets: three }))).not.toBe(scope(exampleRoute({ targets: three.slice(1) })))
  expect(scope(exampleRoute({ targets: three, description: 'other words' }))).toBe(
    scope(exampleRoute({ targets: three })),
  )
})

test('the span of an attempt says what made it necessary', () => {
  const plan = planTargets(exampleRoute({ targets: three }), exampleFacts(), makeContext())
  const [first, second] = plan.candidates
  if (first === undefined || second === undefined) throw new Error('the plan is too short')
  expect(describeAttempt(first)).toBe('first in order')
  const previous = { target: first.target, failure: 'rate-limit' }
  expect(describeAttempt(first, previous)).toBe('again after rate-limit')
  expect(describeAttempt(second, previous)).toBe('after rate-limit at openai/gpt: fallback')
})
