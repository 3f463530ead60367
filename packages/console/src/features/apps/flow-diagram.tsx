import type { FlowGraph } from '@ratchet/contract'
import { Background, Controls, Handle, type Node, type NodeProps, Position, ReactFlow } from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import './flow-diagram.css'
import { type ReactElement, useMemo } from 'react'
import { SpanIcon } from '../traces/span-icon.tsx'
import { type FlowDirection, layOutFlow, nodeHeightPx, nodeWidthPx } from './lay-out-flow.ts'

type FlowNode = Node<
  { readonly id: string; readonly type: string; readonly detail: string; readonly direction: FlowDirection },
  'step'
>

const nodeTypes = { step: StepNode }

/** React Flow, read-only, laid out by dagre. Loaded only when a flow is shown: use `FlowPanel`. */
export default function FlowDiagram(props: {
  readonly flow: FlowGraph
  readonly direction: FlowDirection
  readonly onOpen: (detail: string) => void
}): ReactElement {
  const { flow, direction } = props
  const graph = useMemo(() => {
    const places = layOutFlow(flow, direction)
    const nodes: FlowNode[] = flow.nodes.map((node) => ({
      id: node.id,
      type: 'step',
      position: places.get(node.id) ?? { x: 0, y: 0 },
      data: { id: node.id, type: node.type, detail: node.detail, direction },
      ariaLabel: `${node.type} ${node.id}: ${node.detail}`,
    }))
    const edges = flow.edges.map(({ from, to }) => ({ id: `${from}-${to}`, source: from, target: to }))
    return { nodes, edges }
  }, [flow, direction])
  return (
    <ReactFlow
      nodes={graph.nodes}
      edges={graph.edges}
      nodeTypes={nodeTypes}
      onNodeClick={(_, node) => props.onOpen(node.data.detail)}
      nodesDraggable={false}
      nodesConnectable={false}
      // Another direction is another drawing: it must fit again.
      key={direction}
      fitView
      fitViewOptions={{ maxZoom: 1, padding: 0.2 }}
      minZoom={0.2}
    >
      <Background color="var(--border-strong)" gap={16} size={1} />
      <Controls showInteractive={false} />
    </ReactFlow>
  )
}

function StepNode(props: NodeProps<FlowNode>): ReactElement {
  const { id, type, detail, direction } = props.data
  const [entry, exit] =
    direction === 'right' ? [Position.Left, Position.Right] : [Position.Top, Position.Bottom]
  return (
    <div
      className="flex flex-col justify-center rounded-control border border-line-strong bg-raised px-3"
      style={{ width: nodeWidthPx, height: nodeHeightPx }}
    >
      <Handle type="target" position={entry} isConnectable={false} />
      <span className="flex items-center gap-1.5 font-medium">
        <SpanIcon type={type} />
        <span className="truncate">{id}</span>
      </span>
      <span className="truncate text-small text-muted" title={detail}>
        {detail === '' ? type : detail}
      </span>
      <Handle type="source" position={exit} isConnectable={false} />
    </div>
  )
}
