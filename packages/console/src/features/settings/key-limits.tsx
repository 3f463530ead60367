import type { ApiKey, GatewayConfig, LimitUse } from '@ratchet/contract'
import type { Column } from '../../ui/table/column.ts'
import { allowanceWords, type LimitItem } from '../gateway/limits/limit-words.ts'
import { UseBar } from '../gateway/limits/use-bar.tsx'

/** A limit or budget that a key has of its own, with what it used of it. */
export type KeyLimit = LimitItem & { readonly use: LimitUse | undefined }

/** What is counted for each key, or for this one by its id or name. */
export function limitsOfKey(
  { id, name }: Pick<ApiKey, 'id' | 'name'>,
  config: Pick<GatewayConfig, 'limits' | 'budgets'> | undefined,
  uses: readonly LimitUse[] | undefined,
): KeyLimit[] {
  const isItsOwn = ({ scope, match }: { scope: string; match?: string | undefined }): boolean =>
    scope === 'key' && (match === undefined || match === id || match === name)
  const useOf = (kind: LimitUse['kind'], of: string): LimitUse | undefined =>
    uses?.find((use) => use.kind === kind && use.name === of)
  return [
    ...(config?.budgets ?? [])
      .filter(isItsOwn)
      .map((item) => ({ kind: 'budget' as const, item, use: useOf('budget', item.name) })),
    ...(config?.limits ?? [])
      .filter(isItsOwn)
      .map((item) => ({ kind: 'limit' as const, item, use: useOf('limit', item.name) })),
  ]
}

export const keyLimitColumns: readonly Column<KeyLimit>[] = [
  {
    id: 'name',
    header: 'Name',
    width: { min: 90, share: 1 },
    cell: ({ item }) => <span className="font-medium">{item.name}</span>,
  },
  {
    id: 'allowance',
    header: 'Allows',
    width: { min: 120, share: 1.2 },
    hideBelowPx: 420,
    cell: (limit) => <span className="text-muted">{allowanceWords(limit)}</span>,
  },
  {
    id: 'use',
    header: 'Used',
    width: { min: 150, share: 1.6 },
    cell: ({ use }) =>
      use === undefined ? <span className="text-faint">not used in this window</span> : <UseBar use={use} />,
  },
]
