import { getGatewayConfig, listModels } from '@ratchet/contract'
import { getRouteApi } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { type ReactElement, useMemo, useState } from 'react'
import { toProblem } from '../../../api/problem.ts'
import { useCall } from '../../../api/use-call.ts'
import { useMay } from '../../../app/me-context.ts'
import { Button } from '../../../ui/controls/button.tsx'
import { Input } from '../../../ui/controls/input.tsx'
import { Segmented } from '../../../ui/controls/segmented.tsx'
import { formatQuantity } from '../../../ui/numbers/format-number.ts'
import { PageHead } from '../../../ui/page-head.tsx'
import { EmptyState } from '../../../ui/states/empty-state.tsx'
import { ErrorState } from '../../../ui/states/error-state.tsx'
import { DataTable } from '../../../ui/table/data-table.tsx'
import { type ConfigEdit, SaveConfigDialog } from '../config/save-config-dialog.tsx'
import { priceColumns } from './price-columns.tsx'
import { PriceDialog } from './price-dialog.tsx'
import { filterRows, type PriceRow, priceRows } from './price-rows.ts'

const page = getRouteApi('/gateway/prices')
const kinds = [
  { value: 'all', label: 'All' },
  { value: 'own', label: 'Your own' },
  { value: 'unknown', label: 'Not known' },
] as const
type Change = { readonly title: string; readonly edit: ConfigEdit }

/** What calls are charged at, where each price comes from, and prices of your own. */
export function PricesPage(): ReactElement {
  const search = page.useSearch()
  const go = page.useNavigate()
  const mayWrite = useMay('gateway:write')
  const models = useCall(listModels, {})
  const config = useCall(getGatewayConfig, {})
  const [change, setChange] = useState<Change>()
  const overrides = config.data?.config.prices
  const all = useMemo(
    () => (models.data && overrides ? priceRows(models.data.items, overrides) : undefined),
    [models.data, overrides],
  )
  const rows = useMemo(() => all && filterRows(all, search), [all, search])
  const setSearch = (next: Partial<typeof search>, replace = false): void =>
    void go({ search: (previous) => ({ ...previous, ...next }), replace })
  const close = (): void => setSearch({ model: undefined, add: undefined })
  const open = all?.find(({ id }) => id === search.model)
  const isEditing = mayWrite && change === undefined && (open !== undefined || search.add === 'true')
  const error = models.error ?? config.error
  const edit = (title: string, model: string, put: (prices: Prices) => Prices): void =>
    setChange({
      title: `${title} ${model}`,
      edit: (before) => ({ ...before, prices: put(before.prices.filter((price) => price.model !== model)) }),
    })
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <PageHead
        title="Prices"
        answer={all === undefined ? undefined : <Answer rows={all} />}
        actions={
          <>
            <Segmented
              label="Which prices"
              value={search.of ?? 'all'}
              options={kinds}
              onChange={(of) => setSearch({ of: of === 'all' ? undefined : of }, true)}
            />
            <Button
              kind="primary"
              icon={<Plus size={14} aria-hidden />}
              disabled={!mayWrite}
              onClick={() => setSearch({ add: 'true' })}
            >
              Add price
            </Button>
          </>
        }
      />
      <div className="px-4 pb-3 md:px-6">
        <div className="w-full sm:w-64">
          <Input
            label="Find a model"
            placeholder="Find a model"
            value={search.q ?? ''}
            onChange={(q) => setSearch({ q: q === '' ? undefined : q }, true)}
          />
        </div>
      </div>
      {error !== null && all === undefined ? (
        <div className="p-6">
          <ErrorState
            problem={toProblem(error, 'The prices could not be loaded')}
            onRetry={() => {
              void models.refetch()
              void config.refetch()
            }}
          />
        </div>
      ) : (
        <DataTable
          label="Prices"
          columns={priceColumns}
          rows={rows}
          rowKey={({ id }) => id}
          selectedKey={search.model}
          onSelect={({ id }) => setSearch({ model: id })}
          onOpen={({ id }) => setSearch({ model: id })}
          empty={
            <EmptyState title="No model has such a price" command="npx ratchet prices list">
              Prices come from the built-in list; a price of your own goes before it.
            </EmptyState>
          }
        />
      )}
      {isEditing && (
        <PriceDialog
          key={search.model ?? 'new'}
          row={open}
          onClose={close}
          onReview={(own) =>
            edit(open?.own ? 'Change price of' : 'Set price of', own.model, (rest) => [...rest, own])
          }
          onRemove={open?.own && (() => edit('Remove price of', open.id, (rest) => rest))}
        />
      )}
      {change !== undefined && (
        <SaveConfigDialog
          title={change.title}
          note={change.title}
          edit={change.edit}
          onClose={() => setChange(undefined)}
          onSaved={close}
        />
      )}
    </div>
  )
}

type Prices = Parameters<ConfigEdit>[0]['prices']

function Answer({ rows }: { readonly rows: readonly PriceRow[] }): ReactElement {
  const count = (state: PriceRow['state']): number => rows.filter((row) => row.state === state).length
  const unknown = count('unknown')
  const own = rows.filter((row) => row.own !== undefined).length
  return (
    <>
      {unknown > 0 && <span className="text-warn">{formatQuantity(unknown, 'model')} without a price; </span>}
      {formatQuantity(rows.length - count('pattern'), 'model')}
      {own > 0 && `, ${formatQuantity(own, 'price')} of your own`}
    </>
  )
}
