import { type CacheForgetting, getGatewayCache, getGatewayConfig } from '@ratchet/contract'
import { getRouteApi } from '@tanstack/react-router'
import { Eraser } from 'lucide-react'
import type { ReactElement } from 'react'
import { toProblem } from '../../../api/problem.ts'
import { useCall } from '../../../api/use-call.ts'
import { useMay } from '../../../app/me-context.ts'
import { SparkBars } from '../../../ui/charts/spark-bars.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Select } from '../../../ui/controls/select.tsx'
import {
  formatBytes,
  formatCostNano,
  formatCount,
  formatDuration,
  formatPercent,
  formatQuantity,
} from '../../../ui/numbers/format-number.ts'
import { Stat } from '../../../ui/numbers/stat.tsx'
import { Time } from '../../../ui/numbers/time.tsx'
import { PageHead } from '../../../ui/page-head.tsx'
import { EmptyState } from '../../../ui/states/empty-state.tsx'
import { ErrorState } from '../../../ui/states/error-state.tsx'
import { Skeleton } from '../../../ui/states/skeleton.tsx'
import { DataTable } from '../../../ui/table/data-table.tsx'
import { cacheColumns } from './cache-columns.tsx'
import { DefaultPolicy } from './default-policy.tsx'
import { ClearCacheDialog } from './clear-cache-dialog.tsx'

const page = getRouteApi('/gateway/cache')
const ranges = [
  { value: '1', label: 'Today' },
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
] as const

/** The cache: how often it answers, what that saved, and a way to forget answers. */
export function CachePage(): ReactElement {
  const search = page.useSearch()
  const go = page.useNavigate()
  const mayWrite = useMay('gateway:write')
  const days = ranges.find(({ value }) => value === search.days)?.value ?? '30'
  const cache = useCall(getGatewayCache, { query: { days: Number(days) } }, { pollMs: 10_000 })
  const config = useCall(getGatewayConfig, {})
  const { data } = cache
  const policies = config.data?.config.caches.map(({ name }) => name) ?? []
  const isUnused = data !== undefined && data.policies.length === 0
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <PageHead
        title="Cache"
        answer={
          data === undefined || isUnused ? undefined : (
            <>
              {formatPercent(data.total.hitRate)} of requests answered from the cache,{' '}
              {formatCostNano(data.total.savedNano)} and {formatDuration(data.total.savedMs)} saved
            </>
          )
        }
        actions={
          <>
            {config.data !== undefined && <DefaultPolicy config={config.data.config} mayWrite={mayWrite} />}
            <Select
              label="Days"
              value={days}
              options={ranges}
              onChange={(next) =>
                void go({ search: (previous) => ({ ...previous, days: next === '30' ? undefined : next }) })
              }
            />
            <Button
              icon={<Eraser size={14} aria-hidden />}
              disabled={!mayWrite || isUnused}
              onClick={() => void go({ search: (previous) => ({ ...previous, clear: 'true' }) })}
            >
              Clear cache
            </Button>
          </>
        }
      />
      {data === undefined ? (
        <div className="p-6">
          {cache.error === null ? (
            <Skeleton lines={6} />
          ) : (
            <ErrorState
              problem={toProblem(cache.error, 'The cache could not be loaded')}
              onRetry={() => void cache.refetch()}
            />
          )}
        </div>
      ) : isUnused ? (
        <div className="px-4 md:px-6">
          <EmptyState title="No answers are kept yet" command="npx ratchet apply -f gateway.yaml">
            {policies.length === 0
              ? 'A cache policy keeps answers to be given again. Write one under caches in gateway.yaml, and name it under defaults or in a route.'
              : `The policies ${policies.join(', ')} have seen no request in this time.`}
          </EmptyState>
        </div>
      ) : (
        <>
          <div className="grid grid-cols-2 gap-4 px-4 pb-4 sm:grid-cols-4 md:px-6">
            <Stat
              label="Hit rate"
              value={formatPercent(data.total.hitRate)}
              n={data.total.hits + data.total.semanticHits + data.total.misses}
            />
            <Stat
              label="Cost saved"
              value={formatCostNano(data.total.savedNano)}
              note="where prices are known"
            />
            <Stat
              label="Time saved"
              value={formatDuration(data.total.savedMs)}
              note="of all callers together"
            />
            <Stat
              label="Answers kept"
              value={formatCount(data.total.memoryAnswers + data.total.diskAnswers)}
              note={`${formatBytes(data.total.memoryBytes)} in memory, ${formatBytes(data.total.diskBytes)} on disk`}
            />
          </div>
          {data.byDay.length > 1 && (
            <div className="px-4 pb-4 md:px-6">
              <h2 className="pb-1 text-small text-muted">Answers from the cache by day</h2>
              <SparkBars
                label="Answers from the cache by day"
                heightPx={48}
                hasTimes
                points={data.byDay.map(({ day, hits, semanticHits }) => ({
                  at: `${day}T00:00:00.000Z`,
                  total: hits + semanticHits,
                  bad: 0,
                }))}
              />
            </div>
          )}
          <DataTable
            label="Cache policies"
            columns={cacheColumns}
            rows={data.policies}
            rowKey={({ policy }) => policy}
            unbounded
          />
          <Forgettings items={data.forgettings} />
        </>
      )}
      {search.clear === 'true' && (
        <ClearCacheDialog
          policies={policies}
          onClose={() => void go({ search: (previous) => ({ ...previous, clear: undefined }) })}
        />
      )}
    </div>
  )
}

function Forgettings(props: { readonly items: readonly CacheForgetting[] }): ReactElement | undefined {
  if (props.items.length === 0) return undefined
  return (
    <section aria-label="Cleared" className="px-4 py-5 md:px-6">
      <h2 className="pb-1 font-medium">{formatQuantity(props.items.length, 'clearing')}, newest first</h2>
      <ul>
        {props.items.map((one) => (
          <li key={`${one.at} ${one.author}`} className="flex flex-wrap gap-x-4 border-b border-line py-1.5">
            <span className="min-w-0 flex-1">{describe(one)}</span>
            <span className="text-small text-muted">
              {one.author}, <Time at={one.at} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function describe({ policy, model, keyPrefix }: CacheForgetting): string {
  const parts = [
    ...(policy === undefined ? [] : [`policy ${policy}`]),
    ...(model === undefined ? [] : [`model ${model}`]),
    ...(keyPrefix === undefined ? [] : [`keys that begin with ${keyPrefix}`]),
  ]
  return parts.length === 0 ? 'All answers' : `Answers of ${parts.join(', ')}`
}
