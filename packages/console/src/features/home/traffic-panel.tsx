import type { getLoop, OutputOf } from '@ratchet/contract'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { SparkBars } from '../../ui/charts/spark-bars.tsx'
import { formatCostNano, formatCount, formatDuration, formatPercent } from '../../ui/numbers/format-number.ts'
import { Stat } from '../../ui/numbers/stat.tsx'

/** Calls of the last 24 hours; every figure opens the traces behind it. */
export function TrafficPanel(props: { readonly traffic: OutputOf<typeof getLoop>['traffic'] }): ReactElement {
  const { traces, errors, p50Ms, p95Ms, costNano, series } = props.traffic
  return (
    <section aria-label="Traffic" className="flex flex-col gap-3">
      <div className="flex items-baseline justify-between">
        <h2 className="font-semibold">Last 24 hours</h2>
        <Link
          to="/traces"
          search={{ range: '24h' }}
          className="text-small text-muted hover:text-ink hover:underline"
        >
          Open the traces
        </Link>
      </div>
      <div className="grid grid-cols-2 gap-4 md:grid-cols-5">
        <Stat label="Calls" value={formatCount(traces)} />
        <Link to="/traces" search={{ q: 'status:error', range: '24h' }} className="hover:underline">
          <Stat
            label="Failed"
            value={formatCount(errors)}
            note={traces === 0 ? undefined : formatPercent(errors / traces)}
          />
        </Link>
        <Stat
          label="Latency, median"
          value={p50Ms === undefined ? undefined : formatDuration(p50Ms)}
          n={traces}
        />
        <Stat
          label="Latency, 95th percentile"
          value={p95Ms === undefined ? undefined : formatDuration(p95Ms)}
          n={traces}
        />
        <Stat label="Cost" value={formatCostNano(costNano)} note="of calls with a known price" />
      </div>
      <SparkBars
        label={`${formatCount(traces)} calls over 24 hours, ${formatCount(errors)} failed`}
        heightPx={48}
        hasTimes
        points={series.map((point) => ({ at: point.at, total: point.traces, bad: point.errors }))}
      />
    </section>
  )
}
