import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyGatewayConfig, gatewayConfig } from './gateway-config.ts'
import { leanConfig } from './lean-config.ts'

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
const model = fc.constantFrom('openai/gpt-5', 'claude/opus', 'offline/extractive')
const pool = {
  strategy: maybe(fc.constantFrom('ordered', 'weighted', 'cost')),
  targets: fc.array(fc.record({ model, weight: maybe(fc.integer({ min: 0, max: 9 })) }), {
    minLength: 1,
    maxLength: 3,
  }),
}
const route = fc.record({
  name: fc.constantFrom('a', 'b', 'c'),
  ...pool,
  rules: maybe(
    fc.array(fc.record({ when: fc.constant({ field: 'user', exists: true }), ...pool }), { maxLength: 2 }),
  ),
  hedgeAfterMs: maybe(fc.integer({ min: 1, max: 900 })),
  retries: maybe(fc.record({ attempts: maybe(fc.nat(3)), on: maybe(fc.constant(['connect'])) })),
  dropUnsupported: maybe(fc.boolean()),
})
const guardrail = {
  name: 'default',
  rules: [
    {
      name: 'check',
      on: ['input', 'output'],
      action: 'block',
      detectors: [{ type: 'openai-moderation', connection: 'openai' }],
    },
  ],
}

test('a lean configuration reads as the same one', () => {
  fc.assert(
    fc.property(fc.array(route, { maxLength: 3 }), fc.boolean(), (routes, isGuarded) => {
      const config = gatewayConfig.parse({
        routes,
        ...(isGuarded ? { guardrails: [guardrail], defaults: { guardrails: ['default'] } } : {}),
      })
      expect(gatewayConfig.parse(JSON.parse(JSON.stringify(leanConfig(config))))).toEqual(config)
    }),
  )
})

test('what would be so anyway is left out', () => {
  expect(leanConfig(emptyGatewayConfig)).toEqual({})
  const config = gatewayConfig.parse({
    routes: [{ name: 'a', targets: [{ model: 'openai/gpt-5', weight: 1 }], retries: { attempts: 1 } }],
    caches: [{ name: 'answers', mode: 'semantic' }],
    guardrails: [guardrail],
  })
  expect(leanConfig(config)).toEqual({
    routes: [{ name: 'a', targets: [{ model: 'openai/gpt-5' }] }],
    caches: [{ name: 'answers', mode: 'semantic' }],
    guardrails: [guardrail],
  })
})
