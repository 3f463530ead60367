import { listTraces, traceFacets, type TraceSummary } from '@ratchet/contract'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { ListFilter } from 'lucide-react'
import { type ReactElement, useMemo, useState } from 'react'
import { useScope } from '../../api/api-context.ts'
import { toProblem } from '../../api/problem.ts'
import { useCall, useCallPages } from '../../api/use-call.ts'
import { Button } from '../../ui/controls/button.tsx'
import { useNow } from '../../ui/numbers/use-now.ts'
import { Drawer } from '../../ui/overlays/drawer.tsx'
import { Facets } from '../../ui/query/facets.tsx'
import { parseQuery } from '../../ui/query/parse-query.ts'
import { QueryBar } from '../../ui/query/query-bar.tsx'
import { printQuery } from '../../ui/query/query-terms.ts'
import { useDocumentTitle } from '../../ui/use-document-title.ts'
import { ErrorState } from '../../ui/states/error-state.tsx'
import { DataTable } from '../../ui/table/data-table.tsx'
import { boundsOf, describeRange } from './time-range.ts'
import { TraceDetail } from './trace-detail.tsx'
import { toFacets, withValues } from './trace-fields.ts'
import { traceColumns } from './trace-columns.tsx'
import { TraceFigures } from './trace-figures.tsx'
import { TracesEmpty } from './traces-empty.tsx'
import { TraceToolbar } from './trace-toolbar.tsx'
import { useTraceTail } from './use-trace-tail.ts'

const route = getRouteApi('/traces')

/** What happened, how long it took, what it cost: query, facets, list, and the docked trace. */
export function TracesPage(): ReactElement {
  const search = route.useSearch()
  useDocumentTitle('Traces')
  const go = route.useNavigate()
  const navigate = useNavigate()
  const { environment } = useScope()
  const [showFacets, setShowFacets] = useState(false)
  const [cursor, setCursor] = useState<string>()
  const now = useNow()
  const query = search.q ?? ''
  const isLive = search.live === 'true'
  const minute = Math.floor(now.getTime() / 60_000)
  const bounds = useMemo(
    () => boundsOf({ range: search.range, from: search.from, to: search.to }, new Date(minute * 60_000)),
    [search.range, search.from, search.to, minute],
  )
  const parts = useMemo(() => ({ query: { query, environment, ...bounds } }), [query, environment, bounds])
  const listParts = useMemo(() => ({ query: { ...parts.query, limit: 100 } }), [parts])
  const list = useCallPages(listTraces, listParts, { pollMs: isLive ? false : 15_000 })
  const facets = useCall(traceFacets, parts, { pollMs: 15_000 })
  const tail = useTraceTail(isLive, query, environment)
  const fields = useMemo(() => withValues(facets.data?.facets), [facets.data])
  const terms = useMemo(() => parseQuery(query).terms.map(({ term }) => term), [query])
  const rows = useMemo(() => merge(tail.rows, list.rows), [tail.rows, list.rows])

  const openTrace = (trace: TraceSummary): void => {
    setCursor(trace.traceId)
    void go({
      search: (previous) => ({ ...previous, trace: trace.traceId, span: undefined }),
      replace: search.trace !== undefined,
    })
  }
  const select = (trace: TraceSummary): void => {
    if (search.trace === undefined) setCursor(trace.traceId)
    else openTrace(trace)
  }
  const step = (by: 1 | -1): void => {
    const at = rows?.findIndex(({ traceId }) => traceId === search.trace) ?? -1
    const next = rows?.[at + by]
    if (next !== undefined) openTrace(next)
  }
  const applyQuery = (q: string): void =>
    void go({ search: (previous) => ({ ...previous, q: q === '' ? undefined : q }) })
  const facetColumn = (
    <Facets
      facets={facets.data === undefined ? undefined : toFacets(facets.data.facets)}
      terms={terms}
      onChange={(next) => applyQuery(printQuery(next))}
    />
  )
  const selected = search.trace ?? cursor
  const hasFacets = facets.error === null && (query !== '' || facets.data?.total !== 0)
  return (
    <div className="relative flex min-h-0 flex-1">
      <div className="@container/list flex min-w-0 flex-1 flex-col">
        <div className="flex flex-wrap items-center gap-2 px-4 pt-3 pb-2 md:px-6">
          <QueryBar
            label="Trace query"
            value={query}
            onApply={applyQuery}
            fields={fields}
            placeholder='status:error latency>2s "words in the answer"'
          />
          <TraceToolbar
            search={search}
            tail={tail.state}
            onChange={(next) => void go({ search: (previous) => ({ ...previous, ...next }) })}
          />
          <span className="@min-[860px]/list:hidden">
            <Button icon={<ListFilter size={14} aria-hidden />} onClick={() => setShowFacets(!showFacets)}>
              Filters
            </Button>
          </span>
        </div>
        {/* A query the server refuses is explained in place of the list. */}
        {facets.error === null && (
          <TraceFigures
            figures={facets.data}
            onRange={(from, to) =>
              void go({ search: (previous) => ({ ...previous, from, to, range: undefined }) })
            }
          />
        )}
        {showFacets && (
          <div className="max-h-72 overflow-y-auto border-t border-line px-4 py-3 md:px-6 @min-[860px]/list:hidden">
            {facetColumn}
          </div>
        )}
        <div className="flex min-h-0 flex-1 border-t border-line">
          {hasFacets && (
            <div className="hidden w-52 shrink-0 @min-[860px]/list:block overflow-y-auto border-r border-line py-3 pr-3 pl-6">
              {facetColumn}
            </div>
          )}
          <div className="flex min-w-0 flex-1 flex-col">
            {list.error !== null && rows === undefined ? (
              <div className="p-4">
                <ErrorState
                  problem={toProblem(list.error, 'The traces could not be loaded')}
                  onRetry={list.retry}
                />
              </div>
            ) : (
              <DataTable
                label="Traces"
                columns={traceColumns}
                rows={rows}
                rowKey={(trace) => trace.traceId}
                selectedKey={selected}
                onSelect={select}
                onOpen={openTrace}
                onEndReached={list.loadMore}
                empty={
                  <TracesEmpty
                    isFiltered={query !== '' || search.from !== undefined || search.to !== undefined}
                    when={describeRange(search.range)}
                    environment={environment}
                  />
                }
                foot={
                  list.isLoadingMore ? (
                    <p className="px-4 py-2 text-small text-faint">Loading older traces</p>
                  ) : undefined
                }
              />
            )}
          </div>
        </div>
      </div>
      {search.trace !== undefined && (
        <Drawer
          label="Trace"
          name="trace"
          title={<span className="font-mono text-small">{search.trace.slice(0, 16)}</span>}
          onClose={() =>
            void go({ search: (previous) => ({ ...previous, trace: undefined, span: undefined }) })
          }
          onStep={step}
          onFullPage={() =>
            void navigate({
              to: '/traces/$traceId',
              params: { traceId: search.trace ?? '' },
              search: { span: search.span },
            })
          }
        >
          <TraceDetail
            traceId={search.trace}
            spanId={search.span}
            onSpan={(span) => void go({ search: (previous) => ({ ...previous, span }), replace: true })}
          />
        </Drawer>
      )}
    </div>
  )
}

/** Live rows first; the list has some of them too once it has been read again. */
function merge(
  live: readonly TraceSummary[],
  listed: readonly TraceSummary[] | undefined,
): readonly TraceSummary[] | undefined {
  if (listed === undefined || live.length === 0) return listed
  const known = new Set(live.map(({ traceId }) => traceId))
  return [...live, ...listed.filter(({ traceId }) => !known.has(traceId))]
}
