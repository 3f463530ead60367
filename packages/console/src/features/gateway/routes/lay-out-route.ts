import { graphlib, layout } from '@dagrejs/dagre'
import type { RouteGraph, RouteNode } from './route-graph.ts'

export type RouteDirection = 'right' | 'down'

const sizes: Readonly<Record<RouteNode['kind'], { readonly width: number; readonly height: number }>> = {
  alias: { width: 200, height: 64 },
  decision: { width: 220, height: 64 },
  target: { width: 264, height: 108 },
}
export const sizeOf = (kind: RouteNode['kind']) => sizes[kind]

/** Places for the boxes of a route. Targets of one parent keep the order of the route. */
export function layOutRoute(
  graph: RouteGraph,
  direction: RouteDirection,
): ReadonlyMap<string, { readonly x: number; readonly y: number }> {
  const drawing = new graphlib.Graph()
  drawing.setGraph({
    rankdir: direction === 'right' ? 'LR' : 'TB',
    nodesep: 20,
    ranksep: direction === 'right' ? 128 : 56,
  })
  drawing.setDefaultEdgeLabel(() => ({}))
  for (const { id, kind } of graph.nodes) drawing.setNode(id, { ...sizes[kind] })
  for (const { from, to } of graph.edges) drawing.setEdge(from, to)
  layout(drawing)
  const places = new Map(
    graph.nodes.map(({ id, kind }) => {
      const { x = 0, y = 0 } = drawing.node(id)
      return [id, { x: x - sizes[kind].width / 2, y: y - sizes[kind].height / 2 }] as const
    }),
  )
  // Dagre puts siblings in any order; the first to be asked stands first.
  const along = direction === 'right' ? 'y' : 'x'
  for (const { id: parent } of graph.nodes) {
    const children = graph.nodes.filter(
      ({ id, kind }) => kind === 'target' && graph.edges.some(({ from, to }) => from === parent && to === id),
    )
    const spots = children
      .flatMap(({ id }) => places.get(id) ?? [])
      .toSorted((one, other) => one[along] - other[along])
    for (const [index, { id }] of children.entries()) places.set(id, spots[index] ?? { x: 0, y: 0 })
  }
  return places
}
