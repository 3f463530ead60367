import type { TargetTraffic } from '@ratchet/contract'
import {
  Background,
  Controls,
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import '../../apps/flow-diagram.css'
import { Route, Split } from 'lucide-react'
import { type ReactElement, useMemo } from 'react'
import { SparkBars } from '../../../ui/charts/spark-bars.tsx'
import { formatCompact, formatDuration, formatPercent } from '../../../ui/numbers/format-number.ts'
import { State } from '../../../ui/states/state.tsx'
import { layOutRoute, type RouteDirection, sizeOf } from './lay-out-route.ts'
import type { RouteGraph, RouteNode } from './route-graph.ts'
import { BreakerState } from './breaker-state.tsx'
import { breakerOf, type GatewayState, type TargetBreaker } from './target-breaker.ts'
import { healthOf, trafficOf } from './target-health.ts'

type BoxNode = Node<
  {
    readonly box: RouteNode
    readonly traffic: TargetTraffic | undefined
    readonly minutes: number
    readonly breaker: TargetBreaker | undefined
    readonly direction: RouteDirection
    /** What stands on the line that leads here, where lines have no room for it. */
    readonly lead: string
  },
  'box'
>

const nodeTypes = { box: Box }

/** React Flow, read-only. Loaded only when a route is shown: use `RoutePicture`. */
export default function RouteDiagram(props: {
  readonly graph: RouteGraph
  readonly direction: RouteDirection
  readonly targets: readonly TargetTraffic[] | undefined
  readonly minutes: number
  readonly state: GatewayState | undefined
  readonly onOpen: (model: string) => void
}): ReactElement {
  const { graph, direction, targets, minutes, state } = props
  const places = useMemo(() => layOutRoute(graph, direction), [graph, direction])
  const nodes = useMemo(
    () =>
      graph.nodes.map((box): BoxNode => {
        const traffic = box.kind === 'target' ? trafficOf(targets, box.model) : undefined
        const breaker = box.kind === 'target' ? breakerOf(state, box.model) : undefined
        const lead = direction === 'down' ? (graph.edges.find(({ to }) => to === box.id)?.label ?? '') : ''
        return {
          id: box.id,
          type: 'box',
          position: places.get(box.id) ?? { x: 0, y: 0 },
          data: { box, traffic, minutes, breaker, direction, lead },
          ariaLabel: describe(box, traffic, minutes, breaker),
        }
      }),
    [graph, places, targets, minutes, state, direction],
  )
  const edges = useMemo(
    () =>
      graph.edges.map(({ from, to, label, isFallback }): Edge => ({
        id: `${from}-${to}`,
        ...(direction === 'down' ? { type: 'smoothstep' } : {}),
        source: from,
        target: to,
        ...(direction === 'down' ? {} : { label }),
        markerEnd: { type: MarkerType.ArrowClosed, color: 'var(--border-control)', width: 14, height: 14 },
        ...(isFallback ? { style: { strokeDasharray: '4 4' } } : {}),
        labelStyle: { fill: 'var(--text-muted)', fontSize: 12 },
        labelBgStyle: { fill: 'var(--bg-subtle)' },
      })),
    [graph, direction],
  )
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      onNodeClick={(_, node) => node.data.box.kind === 'target' && props.onOpen(node.data.box.model)}
      nodesDraggable={false}
      nodesConnectable={false}
      // Another direction or shape is another drawing: it must fit again.
      key={`${direction} ${String(graph.nodes.length)}`}
      fitView
      fitViewOptions={{ maxZoom: 1, padding: 0.12 }}
      minZoom={0.2}
      zoomOnScroll={false}
      preventScrolling={false}
    >
      <Background color="var(--border-strong)" gap={16} size={1} />
      <Controls showInteractive={false} />
    </ReactFlow>
  )
}

function Box(props: NodeProps<BoxNode>): ReactElement {
  const { box, traffic, minutes, breaker, direction, lead } = props.data
  const [entry, exit] =
    direction === 'right' ? [Position.Left, Position.Right] : [Position.Left, Position.Bottom]
  return (
    <div
      className="flex flex-col justify-center gap-0.5 rounded-control border border-line-strong bg-raised px-3"
      style={sizeOf(box.kind)}
    >
      {box.kind !== 'alias' && <Handle type="target" position={entry} isConnectable={false} />}
      {lead !== '' && <span className="truncate text-small text-muted">{lead}</span>}
      {box.kind === 'target' ? (
        <TargetFace box={box} traffic={traffic} minutes={minutes} breaker={breaker} />
      ) : (
        <>
          <span className="flex items-center gap-1.5 font-medium">
            {box.kind === 'alias' ? (
              <Route size={14} className="text-muted" aria-hidden />
            ) : (
              <Split size={14} className="text-muted" aria-hidden />
            )}
            <span className="truncate">{box.name}</span>
          </span>
          <span
            className={`${lead === '' ? 'line-clamp-2' : 'line-clamp-1'} text-small text-muted`}
            title={box.detail}
          >
            {box.detail}
          </span>
        </>
      )}
      <Handle
        type="source"
        position={exit}
        isConnectable={false}
        {...(direction === 'down' ? { style: { left: 14 } } : {})}
      />
    </div>
  )
}

function TargetFace(props: {
  readonly box: Extract<RouteNode, { kind: 'target' }>
  readonly traffic: TargetTraffic | undefined
  readonly minutes: number
  readonly breaker: TargetBreaker | undefined
}): ReactElement {
  const { box, traffic, breaker } = props
  const health = healthOf(traffic, props.minutes)
  return (
    <>
      <span className="flex items-center gap-2">
        <span className="min-w-0 flex-1 truncate font-mono text-small font-medium" title={box.model}>
          {box.model}
        </span>
        <span className="text-small whitespace-nowrap text-muted">{box.turn}</span>
      </span>
      {box.when !== undefined && (
        <span className="truncate text-small text-muted" title={box.when}>
          when {box.when}
        </span>
      )}
      <span className="flex items-center gap-2 text-small">
        {breaker === undefined || breaker.isClosed ? (
          <State tone={health.tone}>{health.words}</State>
        ) : (
          <BreakerState breaker={breaker} />
        )}
        {traffic !== undefined && traffic.calls > 0 && breaker?.isClosed !== false && (
          <span className="ml-auto whitespace-nowrap text-muted tabular-nums">
            {formatPercent(health.errorShare)} failed
          </span>
        )}
      </span>
      {traffic !== undefined && traffic.calls > 0 && (
        <>
          <SparkBars
            heightPx={18}
            label={`Calls of ${box.model}`}
            points={traffic.series.map(({ at, calls, errors }) => ({ at, total: calls, bad: errors }))}
          />
          <span className="flex justify-between text-small whitespace-nowrap text-muted tabular-nums">
            <span>{formatCompact(Math.round((health.callsPerMinute ?? 0) * 10) / 10)} per min</span>
            <span>p50 {formatDuration(traffic.p50Ms)}</span>
          </span>
        </>
      )}
    </>
  )
}

function describe(
  box: RouteNode,
  traffic: TargetTraffic | undefined,
  minutes: number,
  breaker: TargetBreaker | undefined,
): string {
  if (box.kind !== 'target') return `${box.name}: ${box.detail}`
  const { words, errorShare } = healthOf(traffic, minutes)
  const shut = breaker === undefined || breaker.isClosed ? '' : `, breaker ${breaker.words}`
  return `${box.model}, ${box.turn}: ${words}${shut}${errorShare === undefined ? '' : `, ${formatPercent(errorShare)} failed`}`
}
