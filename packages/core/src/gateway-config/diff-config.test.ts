import { emptyGatewayConfig, gatewayConfig, type GatewayConfig } from '@ratchet/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffConfig } from './index.ts'

const config = (parts: object): GatewayConfig => gatewayConfig.parse(parts)
const route = (name: string, models: readonly string[], more: object = {}) => ({
  name,
  targets: models.map((model) => ({ model })),
  ...more,
})

test('added and removed items are whole, changed ones show their fields', () => {
  const before = config({
    routes: [route('chat', ['openai/a', 'openai/b']), route('old', ['openai/a'])],
    prices: [{ model: 'openai/a', inputUsd: 1, outputUsd: 2 }],
  })
  const after = config({
    routes: [route('new', ['openai/a']), route('chat', ['openai/a', 'openai/c'], { strategy: 'weighted' })],
    prices: [{ model: 'openai/a', inputUsd: 1, outputUsd: 3 }],
  })
  const changes = diffConfig(before, after)
  expect(changes).toMatchObject([
    {
      kind: 'changed',
      section: 'routes',
      name: 'chat',
      fields: [
        { path: 'strategy', before: 'ordered', after: 'weighted' },
        { path: 'targets[1].model', before: 'openai/b', after: 'openai/c' },
      ],
    },
    { kind: 'removed', name: 'old', before: { name: 'old' } },
    { kind: 'added', name: 'new', after: { name: 'new' } },
    {
      kind: 'changed',
      section: 'prices',
      name: 'openai/a',
      fields: [{ path: 'outputUsd', before: 2, after: 3 }],
    },
  ])
})

test('the order of items is no change, the order within one is', () => {
  const [a, b] = [route('a', ['openai/a', 'openai/b']), route('b', ['openai/b'])]
  expect(diffConfig(config({ routes: [a, b] }), config({ routes: [b, a] }))).toEqual([])
  const turned = route('a', ['openai/b', 'openai/a'])
  expect(diffConfig(config({ routes: [a] }), config({ routes: [turned] }))).toHaveLength(1)
})

test('one target put in front is one change', () => {
  const before = config({ routes: [route('a', ['x/1', 'x/2', 'x/3'])] })
  const after = config({ routes: [route('a', ['x/0', 'x/1', 'x/2', 'x/3'])] })
  expect(diffConfig(before, after)[0]?.fields).toEqual([
    { path: 'targets[0]', after: { model: 'x/0', weight: 1 } },
  ])
  expect(diffConfig(after, before)[0]?.fields).toEqual([
    { path: 'targets[0]', before: { model: 'x/0', weight: 1 } },
  ])
})

test('a field that comes or goes has one side', () => {
  const before = config({ routes: [route('a', ['x/1'])] })
  const after = config({ routes: [route('a', ['x/1'], { hedgeAfterMs: 500 })] })
  expect(diffConfig(before, after)[0]?.fields).toEqual([{ path: 'hedgeAfterMs', after: 500 }])
})

test('defaults are one item', () => {
  expect(diffConfig(emptyGatewayConfig, config({ defaults: { cache: 'answers' } }))).toMatchObject([
    { kind: 'changed', section: 'defaults', fields: [{ path: 'cache', after: 'answers' }] },
  ])
})

test('a configuration never differs from itself, and differs from another both ways', () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'))
  const anyConfig = fc
    .tuple(names, fc.array(fc.constantFrom('x/1', 'x/2', 'y/1'), { minLength: 1, maxLength: 4 }))
    .map(([list, models]) => config({ routes: list.map((name) => route(name, models)) }))
  fc.assert(
    fc.property(anyConfig, anyConfig, (a, b) => {
      expect(diffConfig(a, a)).toEqual([])
      expect(diffConfig(a, b).length).toBe(diffConfig(b, a).length)
      expect(diffConfig(emptyGatewayConfig, a)).toHaveLength(a.routes.length)
    }),
  )
})
