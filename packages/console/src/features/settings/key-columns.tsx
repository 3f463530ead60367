import type { ApiKey } from '@ratchet/contract'
import { Button } from '../../ui/controls/button.tsx'
import { formatCostNano } from '../../ui/numbers/format-number.ts'
import { Time } from '../../ui/numbers/time.tsx'
import { EnvironmentWord } from '../../ui/states/environment-word.tsx'
import { State } from '../../ui/states/state.tsx'
import type { Column } from '../../ui/table/column.ts'

const tones = { expired: 'warn', revoked: 'neutral' } as const

/** The columns of the key list; without `onRevoke` there is nothing to do, only to read. */
export function keyColumns(parts: {
  /** In nano-dollars, this month; undefined until it is known. */
  readonly spentOf: ((key: ApiKey) => number | undefined) | undefined
  readonly onRevoke: ((key: ApiKey) => void) | undefined
}): readonly Column<ApiKey>[] {
  const { spentOf, onRevoke } = parts
  return [
    {
      id: 'name',
      header: 'Name',
      width: { min: 100, share: 2 },
      cell: (key) => <span className="font-medium">{key.name}</span>,
    },
    {
      id: 'environment',
      header: 'Environment',
      width: 120,
      cell: (key) => <EnvironmentWord name={key.environment} />,
    },
    {
      id: 'preview',
      header: 'Key',
      width: { min: 120, share: 1 },
      hideBelowPx: 760,
      cell: (key) => <span className="font-mono text-small text-muted">{key.preview}</span>,
    },
    {
      id: 'scopes',
      header: 'May',
      width: { min: 140, share: 3 },
      hideBelowPx: 900,
      cell: (key) => (
        <span className="text-muted" title={key.scopes.join(', ')}>
          {key.scopes.join(', ')}
        </span>
      ),
    },
    {
      id: 'spent',
      header: 'This month',
      width: 96,
      align: 'end',
      hideBelowPx: 460,
      cell: (key) => formatCostNano(spentOf?.(key)),
    },
    {
      id: 'used',
      header: 'Last used',
      width: 100,
      align: 'end',
      hideBelowPx: 560,
      cell: (key) =>
        key.lastUsedAt === undefined ? (
          <span className="text-faint">never</span>
        ) : (
          <Time at={key.lastUsedAt} />
        ),
    },
    {
      id: 'created',
      header: 'Created',
      width: 96,
      align: 'end',
      hideBelowPx: 640,
      cell: (key) => <Time at={key.createdAt} />,
    },
    {
      id: 'actions',
      header: 'Actions',
      isHeaderHidden: true,
      width: 90,
      align: 'end',
      cell: (key) => {
        if (key.state !== 'active') return <State tone={tones[key.state]}>{key.state}</State>
        if (onRevoke === undefined) return undefined
        return (
          <Button kind="quiet" label={`Revoke ${key.name}`} onClick={() => onRevoke(key)}>
            Revoke
          </Button>
        )
      },
    },
  ]
}
