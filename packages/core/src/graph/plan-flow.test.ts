import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planFlow } from './index.ts'

const node = (name: string, ...dependsOn: string[]) => ({ name, dependsOn })

test('nodes run as early as their needs allow', () => {
  const plan = planFlow([
    node('answer', 'search', 'rewrite'),
    node('rewrite'),
    node('search', 'rewrite'),
    node('log'),
  ])
  expect(plan).toEqual({ ok: true, waves: [['rewrite', 'log'], ['search'], ['answer']] })
  expect(planFlow([])).toEqual({ ok: true, waves: [] })
})

test('a cycle is reported with its path, without the nodes that only lead to it', () => {
  const plan = planFlow([node('start', 'a'), node('a', 'b'), node('b', 'c'), node('c', 'a')])
  expect(plan).toMatchObject({ ok: false, problems: [{ kind: 'cycle', path: ['a', 'b', 'c', 'a'] }] })
  expect(planFlow([node('self', 'self')])).toMatchObject({ problems: [{ path: ['self', 'self'] }] })
})

test('an unknown reference names the nearest node', () => {
  const plan = planFlow([node('retrieve'), node('answer', 'retreive', 'zzz')])
  expect(plan.ok).toBe(false)
  expect(plan).toMatchObject({
    problems: [
      {
        suggestions: ['retrieve'],
        message: 'Node "answer" refers to "retreive", which does not exist. Did you mean "retrieve"?',
      },
      { message: 'Node "answer" refers to "zzz", which does not exist. Nodes of this flow: retrieve.' },
    ],
  })
})

test('two nodes of one name are refused', () => {
  expect(planFlow([node('a'), node('a')])).toMatchObject({
    ok: false,
    problems: [{ kind: 'duplicate-node', node: 'a' }],
  })
})

test('every acyclic graph is planned with each node after its needs, and every planted cycle is found', () => {
  const edges = fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 30 })
  fc.assert(
    fc.property(edges, (pairs) => {
      const nodes = Array.from({ length: 12 }, (_, index) => ({
        name: `n${index}`,
        dependsOn: pairs
          .filter(([a, b]) => Math.max(a, b) === index && a !== b)
          .map(([a, b]) => `n${Math.min(a, b)}`),
      }))
      const plan = planFlow(nodes)
      const order = plan.ok ? plan.waves.flat() : []
      expect(order).toHaveLength(12)
      for (const { name, dependsOn } of nodes) {
        for (const need of dependsOn) expect(order.indexOf(need)).toBeLessThan(order.indexOf(name))
      }
      const ring = nodes.map((each, index) => ({
        ...each,
        dependsOn: [...each.dependsOn, `n${(index + 1) % 12}`],
      }))
      const broken = planFlow(ring)
      const cycle = broken.ok ? undefined : broken.problems.find((problem) => problem.kind === 'cycle')
      const path = cycle?.path ?? []
      expect(path.length).toBeGreaterThan(1)
      expect(path.at(0)).toBe(path.at(-1))
      for (const [index, name] of path.slice(0, -1).entries()) {
        expect(ring.find((each) => each.name === name)?.dependsOn).toContain(path[index + 1])
      }
    }),
  )
})
