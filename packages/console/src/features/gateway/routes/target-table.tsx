import type { TargetTraffic } from '@ratchet/contract'
import { type ReactElement, useMemo } from 'react'
import {
  formatCostNano,
  formatCount,
  formatDuration,
  formatPercent,
} from '../../../ui/numbers/format-number.ts'
import { Time } from '../../../ui/numbers/time.tsx'
import { State } from '../../../ui/states/state.tsx'
import type { Column } from '../../../ui/table/column.ts'
import { DataTable } from '../../../ui/table/data-table.tsx'
import { BreakerState } from './breaker-state.tsx'
import { breakerOf, type GatewayState, type TargetBreaker } from './target-breaker.ts'
import { healthOf, trafficOf } from './target-health.ts'

type Row = {
  readonly model: string
  readonly traffic: TargetTraffic | undefined
  readonly breaker: TargetBreaker | undefined
}

/** The targets of a route with the exact figures of the last hour, whichever route they were asked for. */
export function TargetTable(props: {
  readonly models: readonly string[]
  readonly targets: readonly TargetTraffic[] | undefined
  readonly minutes: number
  /** What gateways say of their breakers. */
  readonly state: GatewayState | undefined
  readonly onOpen: (model: string) => void
}): ReactElement {
  const { minutes } = props
  const rows = useMemo(
    () =>
      props.models.map((model) => ({
        model,
        traffic: trafficOf(props.targets, model),
        breaker: breakerOf(props.state, model),
      })),
    [props.models, props.targets, props.state],
  )
  const columns = useMemo(() => columnsFor(minutes), [minutes])
  return (
    <DataTable
      label="Targets"
      columns={columns}
      rows={rows}
      rowKey={({ model }) => model}
      onOpen={({ model }) => props.onOpen(model)}
      unbounded
    />
  )
}

const breakerFromPx = 560

function Health(props: {
  readonly traffic: TargetTraffic | undefined
  readonly minutes: number
}): ReactElement {
  const { tone, words } = healthOf(props.traffic, props.minutes)
  return <State tone={tone}>{words}</State>
}

function columnsFor(minutes: number): readonly Column<Row>[] {
  return [
    {
      id: 'model',
      header: 'Target',
      width: { min: 140, share: 2 },
      cell: ({ model }) => <span className="font-mono text-small">{model}</span>,
    },
    {
      id: 'state',
      header: 'State',
      width: 132,
      cell: ({ traffic, breaker }) =>
        // What is shut off now says more than what failed before.
        breaker === undefined || breaker.isClosed ? (
          <Health traffic={traffic} minutes={minutes} />
        ) : (
          <State tone={breaker.tone}>{breaker.words}</State>
        ),
      hideFromPx: breakerFromPx,
    },
    {
      id: 'health',
      header: 'State',
      width: 132,
      cell: ({ traffic }) => <Health traffic={traffic} minutes={minutes} />,
      hideBelowPx: breakerFromPx,
    },
    {
      id: 'breaker',
      header: 'Breaker',
      width: { min: 228, share: 1 },
      cell: ({ breaker }) => <BreakerState breaker={breaker} />,
      hideBelowPx: breakerFromPx,
    },
    {
      id: 'calls',
      header: 'Calls',
      width: 70,
      align: 'end',
      hideBelowPx: 420,
      cell: ({ traffic }) => formatCount(traffic?.calls),
    },
    {
      id: 'failed',
      header: 'Failed',
      width: 76,
      align: 'end',
      hideBelowPx: 480,
      cell: ({ traffic }) => formatPercent(healthOf(traffic, minutes).errorShare),
    },
    {
      id: 'p50',
      header: 'p50',
      width: 76,
      align: 'end',
      hideBelowPx: 760,
      cell: ({ traffic }) => formatDuration(traffic?.p50Ms),
    },
    {
      id: 'p95',
      header: 'p95',
      width: 76,
      align: 'end',
      hideBelowPx: 840,
      cell: ({ traffic }) => formatDuration(traffic?.p95Ms),
    },
    {
      id: 'first',
      header: 'First token',
      width: 92,
      align: 'end',
      hideBelowPx: 940,
      cell: ({ traffic }) => formatDuration(traffic?.firstTokenMs),
    },
    {
      id: 'cost',
      header: 'Cost',
      width: 80,
      align: 'end',
      hideBelowPx: 1000,
      cell: ({ traffic }) => formatCostNano(traffic?.costNano),
    },
    {
      id: 'error',
      header: 'Last failure',
      width: { min: 150, share: 2 },
      hideBelowPx: 1160,
      cell: ({ traffic }) =>
        traffic?.lastError === undefined ? (
          <span className="text-faint">none</span>
        ) : (
          <span>
            <span className="font-mono text-small">{traffic.lastError}</span>{' '}
            <span className="text-muted">
              <Time at={traffic.lastErrorAt} />
            </span>
          </span>
        ),
    },
  ]
}
