import { emptyGatewayConfig, gatewayConfig, type ConfigProblem } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { checkConfig, findUses, type ConfigFacts } from './index.ts'

const facts: ConfigFacts = {
  connections: [
    { name: 'openai', provider: 'openai', models: ['gpt-5', 'gpt-5-mini'] },
    { name: 'claude', provider: 'anthropic', models: [] },
    { name: 'offline', provider: 'offline', models: ['extractive', 'embedding'] },
  ],
  environments: ['development', 'production'],
  apps: ['docs-assistant'],
}
const target = { model: 'openai/gpt-5' }
const rule = (detector: object) => ({ name: 'check', on: ['input'], action: 'flag', detectors: [detector] })
const guardrail = { name: 'default', rules: [rule({ type: 'openai-moderation', connection: 'openai' })] }
const problemsOf = (config: object): ConfigProblem[] => checkConfig(gatewayConfig.parse(config), facts)
const ofRoute = (route: object) =>
  problemsOf({
    routes: [{ name: 'chat', targets: [target], ...route }],
    guardrails: [guardrail],
    defaults: { guardrails: ['default'] },
  })

test('a configuration that fits has no problems', () => {
  expect(checkConfig(emptyGatewayConfig, facts)).toEqual([])
  expect(
    problemsOf({
      routes: [
        {
          name: 'chat',
          targets: [target, { model: 'claude/claude-opus-4-6' }],
          rules: [{ when: { field: 'environment', equals: 'production' }, targets: [target] }],
          hedgeAfterMs: 800,
          cache: 'answers',
          guardrails: ['default'],
        },
      ],
      limits: [{ name: 'each-key', scope: 'key', measure: 'requests', limit: 60 }],
      budgets: [{ name: 'month', scope: 'project', period: 'month', limitUsd: 100 }],
      prices: [{ model: 'openai/*', inputUsd: 1, outputUsd: 2 }],
      caches: [{ name: 'answers' }],
      guardrails: [guardrail],
      defaults: { guardrails: ['default'], cache: 'answers' },
    }),
  ).toEqual([])
})

test.each([
  [
    'an unknown connection',
    { targets: [{ model: 'opnai/gpt-5' }] },
    'targets[0].model',
    'Did you mean "openai"?',
  ],
  ['a deployed app as target', { targets: [{ model: 'app/docs-assistant' }] }, 'targets[0].model', undefined],
  ['an unknown built-in model', { targets: [{ model: 'offline/gpt' }] }, 'targets[0].model', undefined],
  ['weights of nothing', { strategy: 'weighted', targets: [{ ...target, weight: 0 }] }, 'targets', undefined],
  ['an unknown cache', { cache: 'answers' }, 'cache', 'Describe it under "caches".'],
  ['an unknown guardrail', { guardrails: ['defualt'] }, 'guardrails[0]', 'Did you mean "default"?'],
  [
    'a model twice in a cascade',
    { cascade: { steps: ['openai/gpt-5', 'openai/gpt-5'], checks: [{ type: 'refusal' }] } },
    'cascade.steps[1]',
    undefined,
  ],
  [
    'a check of confidence at a provider without log probabilities',
    {
      cascade: {
        steps: ['claude/claude-haiku-4-5', 'openai/gpt-5'],
        checks: [{ type: 'confidence', minimum: 0.8 }],
      },
    },
    'cascade.checks[0]',
    undefined,
  ],
  [
    'a test that says nothing',
    { rules: [{ when: { field: 'user' }, targets: [target] }] },
    'rules[0].when',
    undefined,
  ],
  [
    'a test that nothing meets',
    { rules: [{ when: { not: { field: 'inputTokens', above: 10, below: 10 } }, targets: [target] }] },
    'rules[0].when.not',
    undefined,
  ],
  [
    'a text test of a number',
    { rules: [{ when: { any: [{ field: 'inputTokens', contains: '1' }] }, targets: [target] }] },
    'rules[0].when.any[0]',
    undefined,
  ],
])('%s is an error at its place', (_, route, path, suggestion) => {
  const errors = ofRoute(route).filter(({ severity }) => severity === 'error')
  expect(errors).toMatchObject([{ path: `routes[0].${path}`, ...(suggestion ? { suggestion } : {}) }])
})

test.each([
  ['an unlisted model', { targets: [{ model: 'openai/gpt-5-mni' }] }, 'targets[0].model'],
  [
    'an unknown environment',
    { rules: [{ when: { field: 'environment', equals: 'prod' }, targets: [target] }] },
    'rules[0].when',
  ],
  ['a hedge without a second target', { hedgeAfterMs: 500 }, 'hedgeAfterMs'],
  [
    'a timeout that is never reached',
    { timeouts: { totalMs: 10, firstTokenMs: 20 } },
    'timeouts.firstTokenMs',
  ],
  ['a connection waited for too long', { timeouts: { connectMs: 20_000 } }, 'timeouts.connectMs'],
  ['a target twice', { targets: [target, target] }, 'targets[1].model'],
])('%s is a warning at its place', (_, route, path) => {
  expect(ofRoute(route)).toMatchObject([{ severity: 'warning', path: `routes[0].${path}` }])
})

test('names are taken once, and not those of connections or of deployed apps', () => {
  const named = (...names: string[]) =>
    problemsOf({ routes: names.map((name) => ({ name, targets: [target] })) })
  expect(named('chat', 'chat')).toMatchObject([{ severity: 'error', path: 'routes[1].name' }])
  expect(named('openai')).toMatchObject([{ severity: 'error', path: 'routes[0].name' }])
  expect(named('app')).toMatchObject([{ severity: 'error', path: 'routes[0].name' }])
  expect(named('gpt-5')).toMatchObject([
    { severity: 'warning', message: expect.stringContaining('not to "openai/gpt-5"') },
  ])
})

test('limits and budgets name whom they are for', () => {
  const limit = { name: 'a', measure: 'requests', limit: 5 }
  const ofLimit = (more: object) => problemsOf({ limits: [{ ...limit, ...more }] })[0]
  expect(ofLimit({ scope: 'project', match: 'x' })).toMatchObject({
    severity: 'error',
    path: 'limits[0].match',
  })
  expect(ofLimit({ scope: 'model', match: 'gpt-5' })?.message).toContain('connection/model')
  expect(ofLimit({ scope: 'environment', match: 'productoin' })?.suggestion).toContain('production')
  expect(ofLimit({ scope: 'app', match: 'later' })).toMatchObject({ severity: 'warning' })
  expect(ofLimit({ scope: 'key', match: 'website' })).toBeUndefined()
  expect(ofLimit({ scope: 'key', unpriced: 'block' })).toMatchObject({
    severity: 'warning',
    path: 'limits[0].unpriced',
  })
  expect(ofLimit({ scope: 'key', measure: 'cost', unpriced: 'block' })).toBeUndefined()
  const budgets = [{ name: 'b', scope: 'project', period: 'day', limitUsd: 1, warnAt: [0.5, 1.2] }]
  expect(problemsOf({ budgets })).toMatchObject([{ path: 'budgets[0].warnAt[1]', severity: 'warning' }])
})

test('tiers that do not ascend, and tiers without a price below them, are told with their values', () => {
  const ofTiers = (price: object, ...above: number[]) => {
    const tiers = above.map((aboveInputTokens) => ({ aboveInputTokens, inputUsd: 2, outputUsd: 4 }))
    return problemsOf({ prices: [{ model: 'openai/gpt-5', ...price, tiers }] })
  }
  const tokens = { inputUsd: 1, outputUsd: 2 }
  expect(ofTiers(tokens, 128_000, 200_000)).toEqual([])
  for (const above of [200_000, 128_000])
    expect(ofTiers(tokens, 200_000, above)).toMatchObject([
      {
        severity: 'error',
        path: 'prices[0].tiers[1].aboveInputTokens',
        message: expect.stringContaining(`${above} is not more than 200000`),
      },
    ])
  expect(ofTiers({ requestUsd: 1 }, 1)).toMatchObject([{ severity: 'error', path: 'prices[0].tiers' }])
})

test('prices and caches that cannot work are told', () => {
  const ofPrice = (model: string) => problemsOf({ prices: [{ model, inputUsd: 1, outputUsd: 1 }] })[0]
  expect(ofPrice('op*/gpt')).toMatchObject({ severity: 'error' })
  expect(ofPrice('gpt-5')).toMatchObject({ severity: 'error' })
  expect(ofPrice('*')).toBeUndefined()
  expect(ofPrice('opnai/gpt-5')).toMatchObject({ severity: 'warning', suggestion: 'Did you mean "openai"?' })
  const caches = [{ name: 'c', mode: 'semantic', embeddingModel: 'nowhere/embed' }]
  expect(problemsOf({ caches })).toMatchObject([
    { severity: 'error', path: 'caches[0].embeddingModel' },
    { severity: 'warning', path: 'caches[0].name' },
  ])
})

test('a cache is used by a route or as the default, or a warning says that nothing uses it', () => {
  const caches = [{ name: 'answers' }]
  expect(problemsOf({ caches })).toMatchObject([{ severity: 'warning', path: 'caches[0].name' }])
  expect(problemsOf({ caches, defaults: { cache: 'answers' } })).toEqual([])
  const routes = [{ name: 'r', targets: [{ model: 'openai/gpt-5' }], cache: 'answers' }]
  expect(problemsOf({ caches, routes })).toEqual([])
})

test('errors come before warnings', () => {
  const problems = ofRoute({ targets: [{ model: 'openai/gpt-4' }, { model: 'nowhere/x' }] })
  expect(problems.map(({ severity }) => severity)).toEqual(['error', 'warning'])
})

test('whatever needs a connection is found', () => {
  const worth = {
    points: [{ when: { field: 'user', exists: true }, points: 1 }],
    threshold: 1,
    high: { targets: [{ model: 'claude/opus' }] },
    low: { targets: [target] },
  }
  const config = gatewayConfig.parse({
    routes: [
      { name: 'plain', targets: [target] },
      { name: 'worth', worth },
      { name: 'based', targets: [target], baseline: 'claude/opus' },
    ],
    caches: [{ name: 'exact', embeddingModel: 'claude/embed' }],
  })
  expect(findUses(config, 'claude')).toEqual(['route "worth"', 'route "based"'])
  expect(findUses(config, 'clau')).toEqual([])
})

test('a detector that cannot work is refused when it is saved, not when a call needs it', () => {
  const broken = { name: 'mine', rules: [rule({ type: 'regex', pattern: '(' })] }
  const problems = problemsOf({ guardrails: [broken], defaults: { guardrails: ['mine'] } })
  expect(problems).toMatchObject([{ severity: 'error', path: 'guardrails[0].rules[0].detectors[0]' }])
})

test('guardrails ask connections and models that exist, and are used', () => {
  const ofDetector = (detector: object) =>
    problemsOf({
      routes: [{ name: 'chat', targets: [target] }],
      guardrails: [{ name: 'mine', rules: [rule(detector)] }],
      defaults: { guardrails: ['mine'] },
    })
  expect(ofDetector({ type: 'openai-moderation', connection: 'opnai' })).toMatchObject([
    { path: 'guardrails[0].rules[0].detectors[0].connection', suggestion: 'Did you mean "openai"?' },
  ])
  const judge = (model: string) => ofDetector({ type: 'judge', model, prompt: 'Is it bad?', threshold: 0.5 })
  expect(judge('chat')).toEqual([])
  expect(judge('cat')).toMatchObject([{ severity: 'error', suggestion: 'Did you mean "chat"?' }])
  expect(judge('nowhere/x')).toMatchObject([{ severity: 'error' }])
  expect(problemsOf({ guardrails: [guardrail] })).toMatchObject([
    { severity: 'warning', path: 'guardrails[0].name' },
  ])
  expect(problemsOf({ defaults: { cache: 'none', guardrails: ['none'] } })).toMatchObject([
    { path: 'defaults.cache' },
    { path: 'defaults.guardrails[0]' },
  ])
  expect(findUses(gatewayConfig.parse({ guardrails: [guardrail] }), 'openai')).toEqual([
    'guardrail "default"',
  ])
})
