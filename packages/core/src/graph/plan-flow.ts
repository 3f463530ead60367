import { nearestNames, suggestNames } from './nearest-names.ts'

/** A node and the names of the nodes it needs before it can run. */
export type FlowNode = { readonly name: string; readonly dependsOn: readonly string[] }

/** What keeps a flow from running; `message` is ready for people. */
export type FlowProblem =
  | { readonly kind: 'duplicate-node'; readonly node: string; readonly message: string }
  | {
      readonly kind: 'unknown-node'
      readonly node: string
      readonly reference: string
      readonly suggestions: readonly string[]
      readonly message: string
    }
  /** `path` starts and ends with the same node; each needs the next. */
  | { readonly kind: 'cycle'; readonly path: readonly string[]; readonly message: string }

/** `waves`: nodes of one wave need only earlier waves, so they may run at the same time. */
export type FlowPlan =
  | { readonly ok: true; readonly waves: readonly (readonly string[])[] }
  | { readonly ok: false; readonly problems: readonly FlowProblem[] }

/** Orders a flow into waves (Kahn 1962), or reports every unknown and duplicate name and one cycle. */
export function planFlow(nodes: readonly FlowNode[]): FlowPlan {
  const byName = new Map(nodes.map((node) => [node.name, node]))
  const problems: FlowProblem[] = [...findDuplicates(nodes), ...findUnknown(nodes, byName)]
  const waves: string[][] = []
  const done = new Set<string>()
  let waiting = [...byName.values()]
  while (waiting.length > 0) {
    const ready = waiting.filter((node) =>
      node.dependsOn.every((name) => done.has(name) || !byName.has(name)),
    )
    if (ready.length === 0) {
      problems.push(describeCycle(waiting, byName))
      break
    }
    for (const node of ready) done.add(node.name)
    waves.push(ready.map((node) => node.name))
    waiting = waiting.filter((node) => !done.has(node.name))
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, waves }
}

function findDuplicates(nodes: readonly FlowNode[]): FlowProblem[] {
  const seen = new Set<string>()
  const twice = new Set<string>()
  for (const { name } of nodes) {
    if (seen.has(name)) twice.add(name)
    seen.add(name)
  }
  return [...twice].map((node) => ({
    kind: 'duplicate-node',
    node,
    message: `Two nodes are named "${node}". Rename one of them.`,
  }))
}

function findUnknown(nodes: readonly FlowNode[], byName: ReadonlyMap<string, FlowNode>): FlowProblem[] {
  return nodes.flatMap(({ name: node, dependsOn }) =>
    [...new Set(dependsOn)]
      .filter((reference) => !byName.has(reference))
      .map((reference): FlowProblem => {
        const others = [...byName.keys()].filter((candidate) => candidate !== node)
        const hint =
          suggestNames(reference, others) || `Nodes of this flow: ${others.join(', ') || 'no other'}.`
        const message = `Node "${node}" refers to "${reference}", which does not exist. ${hint}`
        return {
          kind: 'unknown-node',
          node,
          reference,
          suggestions: nearestNames(reference, others),
          message,
        }
      }),
  )
}

/** Every waiting node needs another waiting one, so walking along needs must come round. */
function describeCycle(waiting: readonly FlowNode[], byName: ReadonlyMap<string, FlowNode>): FlowProblem {
  const names = new Set(waiting.map((node) => node.name))
  const walk: string[] = []
  let name = waiting[0]?.name ?? ''
  while (!walk.includes(name)) {
    walk.push(name)
    name = byName.get(name)?.dependsOn.find((next) => names.has(next)) ?? name
  }
  const path = [...walk.slice(walk.indexOf(name)), name]
  const message = `Nodes wait for each other: ${path.map((step) => `"${step}"`).join(' needs ')}. Remove one of these references.`
  return { kind: 'cycle', path, message }
}
