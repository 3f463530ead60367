import { modelRoute } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { conditionWords } from './condition-words.ts'
import { heightDown, layOutRoute, sizeOf } from './lay-out-route.ts'
import { modelsOf, shapeWords, toRouteGraph } from './route-graph.ts'
import { healthOf } from './target-health.ts'

const turns = (route: unknown) =>
  toRouteGraph(modelRoute.parse(route)).nodes.flatMap((node) => (node.kind === 'target' ? [node.turn] : []))

test('weights become shares, and a weight of zero is a fallback', () => {
  const targets = [{ model: 'a/x', weight: 9 }, { model: 'b/x' }, { model: 'c/x', weight: 0 }]
  expect(turns({ name: 'chat', strategy: 'weighted', targets })).toEqual(['90 %', '10 %', 'fallback only'])
  expect(turns({ name: 'chat', targets })).toEqual(['1st', '2nd, on failure', 'fallback only'])
})

test('rules, worth and cascade stand between the alias and their targets', () => {
  const route = modelRoute.parse({
    name: 'chat',
    rules: [{ when: { field: 'metadata.tier', equals: 'gold' }, targets: [{ model: 'a/big' }] }],
    worth: {
      points: [{ when: { field: 'inputTokens', above: 4000 }, points: 2 }],
      threshold: 2,
      high: { targets: [{ model: 'a/big' }] },
      low: { targets: [{ model: 'a/small' }] },
    },
  })
  const { nodes, edges } = toRouteGraph(route)
  expect(nodes.map(({ id }) => id)).toEqual([
    'alias',
    'rule0',
    'rule0/0',
    'worth',
    'worth/from 2 points0',
    'worth/below0',
  ])
  expect(edges.every(({ from, to }) => [from, to].every((id) => nodes.some((node) => node.id === id)))).toBe(
    true,
  )
  expect(modelsOf(route)).toEqual(['a/big', 'a/small'])
  expect(shapeWords(route)).toBe('1 rule, worth')
})

test('a cascade is a chain whose links are taken when a check fails', () => {
  const cascade = { steps: ['a/small', 'a/big'], checks: [{ type: 'refusal' }] }
  const { edges } = toRouteGraph(modelRoute.parse({ name: 'chat', cascade }))
  expect(edges.at(-1)).toEqual({ from: 'cascade/0', to: 'cascade/1', label: 'check fails', isFallback: true })
})

test('conditions read as sentences', () => {
  expect(
    conditionWords({
      all: [
        { field: 'metadata.tier', in: ['gold', 'silver'] },
        { any: [{ field: 'tools', equals: true }, { not: { field: 'user', exists: true } }] },
      ],
    }),
  ).toBe('metadata.tier is one of gold, silver and (tools is true or not user is given)')
})

test('a target is judged by its last minutes, and without calls not at all', () => {
  const series = (errors: number) =>
    Array.from({ length: 30 }, (_, index) => ({
      at: '2026-11-21T12:00:00.000Z',
      calls: 2,
      errors: index >= 25 ? errors : 0,
    }))
  const traffic = { connection: 'a', model: 'x', calls: 60, cancelled: 0, costNano: 0 }
  expect(healthOf(undefined, 60)).toMatchObject({ tone: 'waiting', errorShare: undefined })
  expect(healthOf({ ...traffic, errors: 10, series: series(2) }, 60).tone).toBe('bad')
  expect(healthOf({ ...traffic, errors: 10, series: series(0) }, 60).tone).toBe('ok')
  expect(healthOf({ ...traffic, errors: 10, series: series(0) }, 60).callsPerMinute).toBe(1)
})

test('the target that is asked first stands first in the picture', () => {
  const targets = ['a/x', 'b/x', 'c/x', 'd/x'].map((model) => ({ model }))
  const graph = toRouteGraph(modelRoute.parse({ name: 'chat', targets }))
  for (const direction of ['right', 'down'] as const) {
    const places = layOutRoute(graph, direction)
    const order = graph.nodes.slice(1).map(({ id }) => places.get(id)?.y ?? 0)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(new Set(order).size).toBe(4)
  }
})

test('on a phone every box stands below the one before it, and none is wider than the page', () => {
  const when = { field: 'metadata.tier', equals: 'gold' }
  const rules = [{ name: 'gold', when, targets: [{ model: 'a/x' }, { model: 'b/x' }] }]
  const graph = toRouteGraph(modelRoute.parse({ name: 'chat', rules, targets: [{ model: 'c/x' }] }))
  const boxes = graph.nodes
    .map(({ id, kind }) => ({ ...sizeOf(kind), ...layOutRoute(graph, 'down').get(id)! }))
    .toSorted((a, b) => a.y - b.y)
  const gaps = boxes.slice(1).map(({ y }, index) => y - (boxes[index]!.y + boxes[index]!.height))
  expect(Math.min(...gaps)).toBeGreaterThan(0)
  expect(Math.max(...boxes.map(({ x, width }) => x + width))).toBeLessThan(358)
  const last = boxes.at(-1)!
  expect(heightDown(graph)).toBe(last.y + last.height)
})
