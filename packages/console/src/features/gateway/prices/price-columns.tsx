import type { ReactElement } from 'react'
import { formatCostNano } from '../../../ui/numbers/format-number.ts'
import { Badge } from '../../../ui/states/badge.tsx'
import type { Column } from '../../../ui/table/column.ts'
import { otherPrices, type PriceRow, sourceWords } from './price-rows.ts'
import { shownPrice } from './shown-price.ts'

/** Columns of the price list: text tokens for a million, all other prices in words, and where they come from. */
export const priceColumns: readonly Column<PriceRow>[] = [
  {
    id: 'model',
    header: 'Model',
    width: { min: 150, share: 3 },
    cell: ({ id }) => (
      <span className="truncate font-mono text-small" title={id}>
        {id}
      </span>
    ),
  },
  {
    id: 'input',
    header: 'Input, 1M',
    width: 84,
    align: 'end',
    cell: (row) => <Amount nano={tokenPrice(row, 'inputNano')} />,
  },
  {
    id: 'output',
    header: 'Output, 1M',
    width: 88,
    align: 'end',
    cell: (row) => <Amount nano={tokenPrice(row, 'outputNano')} />,
  },
  {
    id: 'cached',
    header: 'Cached, 1M',
    width: 92,
    align: 'end',
    hideBelowPx: 720,
    cell: (row) => <Amount nano={shownPrice(row)?.cachedInputNano} />,
  },
  {
    id: 'other',
    header: 'Besides',
    width: { min: 160, share: 4 },
    hideBelowPx: 560,
    cell: (row) => {
      const price = shownPrice(row)
      const words = price === undefined ? '' : otherPrices(price)
      return (
        <span className="truncate text-small text-muted" title={words}>
          {words}
        </span>
      )
    },
  },
  {
    id: 'source',
    header: 'From',
    width: { min: 168, share: 1 },
    hideBelowPx: 480,
    cell: (row) =>
      row.state === 'list' ? (
        <span className="truncate text-muted">{sourceWords(row)}</span>
      ) : (
        <Badge>{sourceWords(row)}</Badge>
      ),
  },
]

/** A model that charges for something else says nothing about tokens. */
function tokenPrice(row: PriceRow, name: 'inputNano' | 'outputNano'): number | undefined {
  const price = shownPrice(row)
  if (price === undefined) return undefined
  const isOfUnits = price.inputNano + price.outputNano === 0 && otherPrices(price) !== ''
  return isOfUnits ? undefined : price[name]
}

function Amount({ nano }: { readonly nano: number | undefined }): ReactElement {
  if (nano === undefined) return <span className="text-faint">–</span>
  return <span>{formatCostNano(nano)}</span>
}
