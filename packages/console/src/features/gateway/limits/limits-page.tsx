import { getGatewayConfig, type LimitUse, listBudgetEvents, listLimitUse } from '@ratchet/contract'
import { getRouteApi } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { type ReactElement, useMemo, useState } from 'react'
import { toProblem } from '../../../api/problem.ts'
import { useCall, useCallPages } from '../../../api/use-call.ts'
import { useMay } from '../../../app/me-context.ts'
import { Button } from '../../../ui/controls/button.tsx'
import { formatCostNano, formatPercent, formatQuantity } from '../../../ui/numbers/format-number.ts'
import { Time } from '../../../ui/numbers/time.tsx'
import { Drawer } from '../../../ui/overlays/drawer.tsx'
import { PageHead } from '../../../ui/page-head.tsx'
import { EmptyState } from '../../../ui/states/empty-state.tsx'
import { ErrorState } from '../../../ui/states/error-state.tsx'
import { DataTable } from '../../../ui/table/data-table.tsx'
import { putItem, removeItem } from '../config/edit-section.ts'
import { type ConfigEdit, SaveConfigDialog } from '../config/save-config-dialog.tsx'
import { limitColumns, type LimitRow, subjectColumns } from './limit-columns.tsx'
import { blankLimit, LimitDialog } from './limit-dialog.tsx'
import { allowanceWords, forecastOf, type LimitItem, scopeWords, shareOf } from './limit-words.ts'

const page = getRouteApi('/gateway/limits')
type Change = { readonly title: string; readonly edit: ConfigEdit }

/** Limits and budgets: how full each is, where budgets are heading, and who uses most. */
export function LimitsPage(): ReactElement {
  const search = page.useSearch()
  const go = page.useNavigate()
  const mayWrite = useMay('gateway:write')
  const config = useCall(getGatewayConfig, {}, { pollMs: 15_000 })
  const use = useCallPages(listLimitUse, { query: { limit: 200 } }, { pollMs: 5_000 })
  const [change, setChange] = useState<Change>()
  const rows = useMemo((): LimitRow[] | undefined => {
    const known = config.data?.config
    if (known === undefined) return undefined
    const usesOf = (kind: LimitItem['kind'], name: string) =>
      use.rows
        ?.filter((one) => one.kind === kind && one.name === name && !isOfNobody(one))
        .toSorted((one, other) => shareOf(other) - shareOf(one))
    return [
      ...known.budgets.map((item) => ({ kind: 'budget' as const, item, uses: usesOf('budget', item.name) })),
      ...known.limits.map((item) => ({ kind: 'limit' as const, item, uses: usesOf('limit', item.name) })),
    ]
  }, [config.data, use.rows])
  const setSearch = (next: Partial<typeof search>): void =>
    void go({ search: (previous) => ({ ...previous, ...next }) })
  const open = rows?.find((row) => keyOf(row) === search.open)
  const editing: LimitItem | undefined =
    search.add === undefined ? (search.edit === 'true' ? open : undefined) : blankLimit(search.add)
  const add = (kind: LimitItem['kind']): ReactElement => (
    <Button
      kind={kind === 'budget' ? 'primary' : 'plain'}
      icon={<Plus size={14} aria-hidden />}
      disabled={!mayWrite}
      onClick={() => setSearch({ add: kind })}
    >
      {`Add ${kind}`}
    </Button>
  )
  const close = (): void => setSearch({ add: undefined, edit: undefined })
  const error = config.error ?? use.error
  return (
    <div className="relative flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col">
        <PageHead
          title="Limits & budgets"
          answer={rows === undefined ? undefined : <Answer rows={rows} />}
          actions={
            <>
              {add('limit')}
              {add('budget')}
            </>
          }
        />
        {error !== null && rows === undefined ? (
          <div className="p-6">
            <ErrorState
              problem={toProblem(error, 'The limits could not be loaded')}
              onRetry={() => {
                void config.refetch()
                use.retry()
              }}
            />
          </div>
        ) : (
          <DataTable
            label="Limits and budgets"
            columns={limitColumns}
            rows={rows}
            rowKey={keyOf}
            rowHeightPx={40}
            selectedKey={search.open}
            onSelect={(row) => setSearch({ open: keyOf(row) })}
            onOpen={(row) => setSearch({ open: keyOf(row) })}
            empty={
              <EmptyState title="Nothing is limited yet" command="npx ratchet apply -f gateway.yaml">
                A budget stops spending at an amount per day or month; a limit keeps one key, user or app from
                taking everything. Add one here, or apply a file.
              </EmptyState>
            }
          />
        )}
      </div>
      {open !== undefined && (
        <Drawer
          label={open.kind}
          name="limit"
          title={open.item.name}
          onClose={() => setSearch({ open: undefined, edit: undefined })}
        >
          <Detail
            row={open}
            mayWrite={mayWrite}
            onEdit={() => setSearch({ edit: 'true' })}
            onRemove={() =>
              setChange({
                title: `Remove ${open.kind} ${open.item.name}?`,
                edit: removeItem(open.kind === 'budget' ? 'budgets' : 'limits', open.item.name),
              })
            }
          />
        </Drawer>
      )}
      {editing !== undefined && change === undefined && (
        <LimitDialog
          key={search.add ?? search.open}
          start={editing}
          isNew={search.add !== undefined}
          takenNames={
            search.add === undefined
              ? []
              : (rows?.filter(({ kind }) => kind === search.add).map(({ item }) => item.name) ?? [])
          }
          onClose={close}
          onReview={(limit) =>
            setChange({
              title: `${search.add === undefined ? 'Change' : 'Add'} ${limit.kind} ${limit.item.name}`,
              edit: limit.kind === 'budget' ? putItem('budgets', limit.item) : putItem('limits', limit.item),
            })
          }
        />
      )}
      {change !== undefined && (
        <SaveConfigDialog
          title={change.title}
          note={change.title.replace('?', '')}
          edit={change.edit}
          onClose={() => setChange(undefined)}
          onSaved={close}
        />
      )}
    </div>
  )
}

/** What each may use and nobody has. */
function isOfNobody({ scope, subject }: LimitUse): boolean {
  return scope !== 'project' && subject === ''
}

function keyOf({ kind, item }: LimitItem): string {
  return `${kind}/${item.name}`
}

function Answer(props: { readonly rows: readonly LimitRow[] }): ReactElement {
  const uses = props.rows.flatMap((row) => row.uses ?? [])
  const full = uses.filter((one) => shareOf(one) >= 1)
  const heading = uses.filter((one) => shareOf(one) < 1 && forecastOf(one)?.tone === 'bad')
  const names = (all: typeof uses): string => [...new Set(all.map(({ name }) => name))].join(', ')
  const unpriced = uses.filter(({ unpricedCalls }) => unpricedCalls !== undefined)
  const budgets = props.rows.filter(({ kind }) => kind === 'budget').length
  const count = `${formatQuantity(budgets, 'budget')}, ${formatQuantity(props.rows.length - budgets, 'limit')}`
  return (
    <>
      {full.length > 0 && <span className="text-bad">{names(full)} used up; </span>}
      {heading.length > 0 && <span className="text-warn">{names(heading)} heading over the limit; </span>}
      {unpriced.length > 0 && (
        <span className="text-warn">{names(unpriced)} without the cost of some calls; </span>
      )}
      {count}
    </>
  )
}

function Detail(props: {
  readonly row: LimitRow
  readonly mayWrite: boolean
  readonly onEdit: () => void
  readonly onRemove: () => void
}): ReactElement {
  const { row } = props
  const events = useCall(
    listBudgetEvents,
    { query: { name: row.item.name, limit: 20 } },
    { enabled: row.kind === 'budget', pollMs: 15_000 },
  )
  const top = row.uses?.[0]
  const forecast = top === undefined ? undefined : forecastOf(top)
  const unpriced = (row.uses ?? []).reduce((sum, { unpricedCalls = 0 }) => sum + unpricedCalls, 0)
  return (
    <div className="flex flex-col gap-5 px-4 py-4">
      <div className="flex flex-wrap items-center gap-2">
        <p className="min-w-0 flex-1">
          {allowanceWords(row)}, for {scopeWords(row.item)}
          {top?.resetsAt !== undefined && (
            <span className="text-muted">
              , resets <Time at={top.resetsAt} />
            </span>
          )}
        </p>
        <Button disabled={!props.mayWrite} onClick={props.onEdit}>
          {`Edit ${row.kind}`}
        </Button>
        <Button kind="danger" disabled={!props.mayWrite} onClick={props.onRemove}>
          {`Remove ${row.kind}`}
        </Button>
      </div>
      {forecast !== undefined && (
        <p>
          By the end of the period <span className="font-medium">{forecast.words}</span>
          <span className="text-muted">
            {top?.projectedBy === 'weekdays' ? ', by what each weekday used to cost' : ', as fast as so far'}
          </span>
        </p>
      )}
      {unpriced > 0 && (
        <p>
          <span className="text-warn">{formatQuantity(unpriced, 'call')} without a known price</span>
          <span className="text-muted">
            {row.item.unpriced === 'block'
              ? ' went by before this budget refused them.'
              : ' counted as nothing. Give their models a price, or refuse such calls with Edit.'}
          </span>
        </p>
      )}
      <section aria-label="Who uses most" className="flex flex-col gap-2">
        <h2 className="font-medium">Who uses most</h2>
        <div className="-mx-4 border-y border-line">
          <DataTable
            label="Who uses most"
            columns={subjectColumns}
            rows={row.uses?.slice(0, 50)}
            rowKey={({ subject }) => subject}
            unbounded
            empty={<p className="py-3 text-muted">Nobody has used it in this window.</p>}
          />
        </div>
      </section>
      {row.kind === 'budget' && (
        <section aria-label="Warnings" className="flex flex-col gap-1">
          <h2 className="font-medium">Warnings</h2>
          {events.data?.items.length === 0 && <p className="text-muted">None yet.</p>}
          <ul>
            {events.data?.items.map((event) => (
              <li key={event.id} className="flex flex-wrap gap-x-3 border-b border-line py-1.5">
                <span className="min-w-0 flex-1">
                  {formatPercent(event.share)} reached
                  {event.subject !== '' && ` by ${event.subjectName ?? event.subject}`}, period {event.period}
                </span>
                <span className="text-small text-muted tabular-nums">
                  {formatCostNano(event.spentNano)} of {formatCostNano(event.limitNano)},{' '}
                  <Time at={event.at} />
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}
