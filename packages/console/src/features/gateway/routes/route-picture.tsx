import type { ModelRoute, TargetTraffic } from '@ratchet/contract'
import { lazy, type ReactElement, Suspense, useMemo, useRef } from 'react'
import { Skeleton } from '../../../ui/states/skeleton.tsx'
import { useElementWidth } from '../../../ui/table/use-element-width.ts'
import type { GatewayState } from './target-breaker.ts'
import { heightDown } from './lay-out-route.ts'
import { toRouteGraph } from './route-graph.ts'

const RouteDiagram = lazy(() => import('./route-diagram.tsx'))

/** A route as a picture, with how each target does. A click on a target opens its traces. */
export function RoutePicture(props: {
  readonly route: ModelRoute
  readonly targets: readonly TargetTraffic[] | undefined
  readonly minutes: number
  readonly state: GatewayState | undefined
  readonly onOpen: (model: string) => void
}): ReactElement {
  const frame = useRef<HTMLDivElement>(null)
  const widthPx = useElementWidth(frame)
  const graph = useMemo(() => toRouteGraph(props.route), [props.route])
  const isWide = widthPx >= 640
  const targets = graph.nodes.filter(({ kind }) => kind === 'target').length
  const heightPx = isWide
    ? Math.max(220, Math.min(1120, targets * 128 + 48))
    : Math.min(960, heightDown(graph) + 64)
  return (
    <div
      ref={frame}
      style={{ height: heightPx }}
      className="shrink-0 rounded-control border border-line bg-subtle"
    >
      <Suspense fallback={<Skeleton lines={5} />}>
        <RouteDiagram
          graph={graph}
          direction={isWide ? 'right' : 'down'}
          targets={props.targets}
          minutes={props.minutes}
          state={props.state}
          onOpen={props.onOpen}
        />
      </Suspense>
    </div>
  )
}
