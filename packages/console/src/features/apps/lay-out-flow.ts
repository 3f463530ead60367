import { graphlib, layout } from '@dagrejs/dagre'
import type { FlowGraph } from '@ratchet/contract'

export const nodeWidthPx = 200
export const nodeHeightPx = 56

export type FlowDirection = 'right' | 'down'

/** Places for the nodes of a flow, along one direction, so that edges cross as little as possible. */
export function layOutFlow(
  flow: FlowGraph,
  direction: FlowDirection = 'right',
): ReadonlyMap<string, { readonly x: number; readonly y: number }> {
  const graph = new graphlib.Graph()
  graph.setGraph({
    rankdir: direction === 'right' ? 'LR' : 'TB',
    nodesep: 24,
    ranksep: direction === 'right' ? 64 : 40,
  })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id } of flow.nodes) graph.setNode(id, { width: nodeWidthPx, height: nodeHeightPx })
  const known = new Set(flow.nodes.map(({ id }) => id))
  for (const { from, to } of flow.edges) if (known.has(from) && known.has(to)) graph.setEdge(from, to)
  layout(graph)
  return new Map(
    flow.nodes.map(({ id }) => {
      const { x = 0, y = 0 } = graph.node(id)
      return [id, { x: x - nodeWidthPx / 2, y: y - nodeHeightPx / 2 }]
    }),
  )
}
