import { getUsage, type OutputOf } from '@ratchet/contract'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Calculator } from 'lucide-react'
import { type ReactElement, useMemo } from 'react'
import { useScope } from '../../../api/api-context.ts'
import { toProblem } from '../../../api/problem.ts'
import { useCall } from '../../../api/use-call.ts'
import { SparkBars } from '../../../ui/charts/spark-bars.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Select } from '../../../ui/controls/select.tsx'
import { formatCostNano, formatQuantity } from '../../../ui/numbers/format-number.ts'
import { usageWords } from '../../../ui/numbers/usage-words.ts'
import { useNow } from '../../../ui/numbers/use-now.ts'
import { PageHead } from '../../../ui/page-head.tsx'
import { EmptyState } from '../../../ui/states/empty-state.tsx'
import { ErrorState } from '../../../ui/states/error-state.tsx'
import { Skeleton } from '../../../ui/states/skeleton.tsx'
import { DataTable } from '../../../ui/table/data-table.tsx'
import { CostAnswer } from './cost-answer.tsx'
import { CostBars } from './cost-bars.tsx'
import { costColumns, type CostRow } from './cost-columns.tsx'
import { costRanges, startOf } from './cost-range.ts'
import { costGroupings, groupName, type CostGrouping } from './group-name.ts'

const route = getRouteApi('/gateway/costs')
type Usage = OutputOf<typeof getUsage>

/** What models cost: this month against its budget, by day, and by whom or what; each figure opens its traces. */
export function CostsPage(): ReactElement {
  const search = route.useSearch()
  const go = route.useNavigate()
  const { environment } = useScope()
  const by: CostGrouping = search.by ?? 'model'
  // A day is enough: the answer only changes its beginning at midnight.
  const day = Math.floor(useNow().getTime() / 86_400_000)
  const from = useMemo(() => startOf(search.range, new Date(day * 86_400_000)), [search.range, day])
  // Environments are compared with each other, everything else is asked within the one on screen.
  const scope = by === 'environment' ? {} : { environment }
  const usage = useCall(
    getUsage,
    { query: { by, from, series: 'day', forecast: 'true', limit: 50, ...scope } },
    { pollMs: 30_000 },
  )
  const { data } = usage
  const rows = useMemo(() => (data === undefined ? undefined : rowsOf(data, by)), [data, by])
  const hasBesides = rows?.some((row) => usageWords(row) !== '') ?? false
  const columns = useMemo(
    () => costColumns(headingOf(by), data?.total.costNano ?? 0, hasBesides),
    [by, data?.total.costNano, hasBesides],
  )
  const open = (traces: Usage['total']['traces'], env: string | undefined): void =>
    void go({
      to: '/traces',
      search: (previous) => ({
        env: env ?? previous.env,
        project: previous.project,
        q: traces.query,
        from: traces.from,
        to: traces.to,
      }),
    })
  const setSearch = (next: Partial<typeof search>): void =>
    void go({ search: (previous) => ({ ...previous, ...next }) })
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <PageHead
        title="Costs"
        answer={<CostAnswer />}
        actions={
          <>
            <Button
              icon={<Calculator size={14} aria-hidden />}
              render={<Link to="/gateway/planner" search={(previous) => ({ env: previous.env })} />}
            >
              Plan ahead
            </Button>
            <Select
              label="Group by"
              value={by}
              options={costGroupings}
              onChange={(next) => setSearch({ by: next === 'model' ? undefined : next })}
            />
            <Select
              label="Time range"
              value={search.range ?? 'month'}
              options={costRanges.map(({ value, label }) => ({ value, label }))}
              onChange={(next) => setSearch({ range: next === 'month' ? undefined : next })}
            />
          </>
        }
      />
      {usage.error !== null && data === undefined ? (
        <div className="p-6">
          <ErrorState
            problem={toProblem(usage.error, 'The costs could not be loaded')}
            onRetry={() => void usage.refetch()}
          />
        </div>
      ) : data !== undefined && data.groupCount === 0 ? (
        <div className="px-4 md:px-6">
          <EmptyState
            title={
              by === 'environment' ? 'Nothing was spent in this time' : `Nothing was spent in ${environment}`
            }
            command='npx ratchet run docs-assistant --message "Which port does the gateway use?"'
          >
            Every call through the gateway appears here with its cost, a few seconds after its answer.
          </EmptyState>
        </div>
      ) : (
        <>
          <section aria-label="Cost by day" className="px-4 pb-4 md:px-6">
            {data?.series === undefined ? (
              <Skeleton lines={6} />
            ) : data.total.costNano === 0 ? (
              <>
                <p className="pb-2 text-small text-muted">
                  Requests by day; none of them is known to cost anything
                </p>
                <SparkBars
                  label={`${formatQuantity(data.total.requests, 'request')} by day`}
                  heightPx={64}
                  hasTimes
                  points={data.series.map(({ at, requests }) => ({ at, total: requests, bad: 0 }))}
                  onOpen={(at) => open({ ...data.total.traces, ...dayFrom(at) }, undefined)}
                />
              </>
            ) : (
              <CostBars
                series={data.series}
                names={data.groups.map((group) => groupName(group, by))}
                label={describe(data)}
                onOpen={({ at }) => open({ ...data.total.traces, ...dayFrom(at) }, undefined)}
              />
            )}
          </section>
          <DataTable
            label="Costs"
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            onOpen={(row) => {
              if (row.traces !== undefined) open(row.traces, by === 'environment' ? row.label : undefined)
            }}
          />
        </>
      )}
    </div>
  )
}

function rowsOf({ groups, rest, groupCount }: Usage, by: CostGrouping): CostRow[] {
  const rows: CostRow[] = groups.map((group, place) => ({
    ...group,
    id: group.values.join(' '),
    label: groupName(group, by),
    place,
  }))
  if (rest === undefined) return rows
  const label = `${formatQuantity(groupCount - groups.length, 'other')}`
  return [...rows, { ...rest, id: ' rest', label, place: groups.length + 6, traces: undefined }]
}

function headingOf(by: CostGrouping): string {
  return by.charAt(0).toUpperCase() + by.slice(1)
}

function describe({ total, series = [] }: Usage): string {
  return `${formatCostNano(total.costNano)} over ${formatQuantity(series.length, 'day')}, by day`
}

function dayFrom(at: string): { from: string; to: string } {
  return { from: at, to: new Date(Date.parse(at) + 86_400_000).toISOString() }
}
