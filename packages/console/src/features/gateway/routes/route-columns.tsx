import type { getGatewayTraffic, ModelRoute, OutputOf, RouteTraffic } from '@ratchet/contract'
import type { ReactElement } from 'react'
import {
  formatCompact,
  formatCostNano,
  formatPercent,
  formatQuantity,
  noData,
} from '../../../ui/numbers/format-number.ts'
import { State } from '../../../ui/states/state.tsx'
import type { Column } from '../../../ui/table/column.ts'
import { modelsOf, shapeWords } from './route-graph.ts'
import { breakerOf, type GatewayState } from './target-breaker.ts'
import { healthOf, trafficOf } from './target-health.ts'

type Traffic = OutputOf<typeof getGatewayTraffic>

/** Columns of the route list. */
export function routeColumns(
  traffic: Traffic | undefined,
  state: GatewayState | undefined,
): readonly Column<ModelRoute>[] {
  const of = (route: ModelRoute): RouteTraffic | undefined =>
    traffic?.routes.find((one) => one.route === route.name)
  return [
    {
      id: 'name',
      header: 'Route',
      width: { min: 100, share: 1.4 },
      cell: ({ name }) => <span className="font-mono text-small font-medium">{name}</span>,
    },
    {
      id: 'targets',
      header: 'Targets',
      width: { min: 130, share: 1.6 },
      cell: (route) => <Health route={route} traffic={traffic} state={state} />,
    },
    {
      id: 'shape',
      header: 'Chooses',
      width: { min: 140, share: 2 },
      hideBelowPx: 640,
      cell: (route) => <span className="text-muted">{shapeWords(route)}</span>,
    },
    {
      id: 'about',
      header: 'About',
      width: { min: 120, share: 2 },
      hideBelowPx: 1000,
      cell: ({ description }) => <span className="text-muted">{description}</span>,
    },
    {
      id: 'calls',
      header: 'Calls, 1 h',
      width: 84,
      align: 'end',
      cell: (route) => formatCompact(traffic === undefined ? undefined : (of(route)?.calls ?? 0)),
    },
    {
      id: 'failed',
      header: 'Failed',
      width: 76,
      align: 'end',
      hideBelowPx: 560,
      cell: (route) => {
        const own = of(route)
        return own === undefined || own.calls === 0 ? noData : formatPercent(own.errors / own.calls)
      },
    },
    {
      id: 'cost',
      header: 'Cost',
      width: 76,
      align: 'end',
      hideBelowPx: 760,
      cell: (route) => formatCostNano(of(route)?.costNano),
    },
    {
      id: 'saved',
      header: 'Saved',
      width: 76,
      align: 'end',
      hideBelowPx: 840,
      cell: (route) => formatCostNano(of(route)?.savedNano),
    },
  ]
}

function Health(props: {
  readonly route: ModelRoute
  readonly traffic: Traffic | undefined
  readonly state: GatewayState | undefined
}): ReactElement {
  const { traffic } = props
  const models = modelsOf(props.route)
  const states = models.map((model) => healthOf(trafficOf(traffic?.targets, model), traffic?.minutes ?? 60))
  const open = models.filter((model) => breakerOf(props.state, model)?.tone === 'bad').length
  const bad = states.filter(({ tone }) => tone === 'bad').length
  const warn = states.filter(({ tone }) => tone === 'warn').length
  const of = (count: number): string => `${String(count)} of ${String(models.length)}`
  if (open > 0) return <State tone="bad">{`${of(open)} open`}</State>
  if (bad > 0) return <State tone="bad">{`${of(bad)} fail`}</State>
  if (warn > 0) return <State tone="warn">{`${of(warn)} fail at times`}</State>
  const isQuiet = states.every(({ tone }) => tone === 'waiting')
  return (
    <State tone={isQuiet ? 'waiting' : 'ok'}>
      {isQuiet
        ? `${formatQuantity(models.length, 'target')}, no calls`
        : `${formatQuantity(models.length, 'target')} well`}
    </State>
  )
}
