import { expect, test } from 'vitest'
import { fakeFlow } from '../../testing/fake-apps.ts'
import { layOutFlow } from './lay-out-flow.ts'

test('every node has its own place, and edges lead to the right', () => {
  const places = layOutFlow(fakeFlow)
  expect(new Set([...places.values()].map(({ x, y }) => `${String(x)},${String(y)}`)).size).toBe(
    fakeFlow.nodes.length,
  )
  for (const { from, to } of fakeFlow.edges) expect(places.get(from)!.x).toBeLessThan(places.get(to)!.x)
})

test('an edge to a node that is not there is ignored', () => {
  const places = layOutFlow({ ...fakeFlow, edges: [{ from: 'find', to: 'gone' }] })
  expect(places.size).toBe(fakeFlow.nodes.length)
})
