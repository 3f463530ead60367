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
  if (direction === 'down') return layOutDown(graph)
  const drawing = new graphlib.Graph()
  drawing.setGraph({ rankdir: 'LR', nodesep: 20, ranksep: 128 })
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
  for (const { id: parent } of graph.nodes) {
    const children = graph.nodes.filter(
      ({ id, kind }) => kind === 'target' && graph.edges.some(({ from, to }) => from === parent && to === id),
    )
    const spots = children.flatMap(({ id }) => places.get(id) ?? []).toSorted((one, other) => one.y - other.y)
    for (const [index, { id }] of children.entries()) places.set(id, spots[index] ?? { x: 0, y: 0 })
  }
  return places
}

const indentPx = 28
const gapPx = 28

/** One box below the other, indented under what leads to it, as wide as a phone. */
function layOutDown({
  nodes,
  edges,
}: RouteGraph): ReadonlyMap<string, { readonly x: number; readonly y: number }> {
  const places = new Map<string, { readonly x: number; readonly y: number }>()
  let y = 0
  const place = (id: string, depth: number): void => {
    const node = nodes.find((one) => one.id === id)
    if (node === undefined || places.has(id)) return
    places.set(id, { x: depth * indentPx, y })
    y += sizes[node.kind].height + gapPx
    // Steps of a cascade follow each other; they do not stand below each other.
    for (const { to } of edges.filter(({ from }) => from === id))
      place(to, node.kind === 'target' ? depth : depth + 1)
  }
  for (const { id } of nodes) place(id, 0)
  return places
}

/** How high the boxes of a route are, one below the other. */
export function heightDown({ nodes }: RouteGraph): number {
  return nodes.reduce((sum, { kind }) => sum + sizes[kind].height + gapPx, -gapPx)
}
