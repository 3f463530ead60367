import type { Connection } from '@ratchet/contract'
import { Trash2 } from 'lucide-react'
import type { ReactElement } from 'react'
import { Button } from '../../ui/controls/button.tsx'
import { IconButton } from '../../ui/controls/icon-button.tsx'
import { formatDuration } from '../../ui/numbers/format-number.ts'
import { Time } from '../../ui/numbers/time.tsx'
import { State } from '../../ui/states/state.tsx'
import type { Column } from '../../ui/table/column.ts'

const origins: Readonly<Record<Connection['origin'], string>> = {
  stored: 'stored here',
  environment: 'from the environment',
  'built-in': 'built in',
}

/** The columns of the connection list. Built-in ones and those from the environment cannot be removed here. */
export function connectionColumns(parts: {
  readonly testing: string | undefined
  readonly onTest: (connection: Connection) => void
  readonly onRemove: (connection: Connection) => void
  readonly mayWrite: boolean
}): readonly Column<Connection>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      width: { min: 100, share: 1 },
      cell: (one) => <span className="font-medium">{one.name}</span>,
    },
    {
      id: 'state',
      header: 'Last test',
      width: { min: 130, share: 2 },
      cell: (one) => <LastTest connection={one} />,
    },
    {
      id: 'address',
      header: 'Address',
      width: { min: 140, share: 2 },
      hideBelowPx: 700,
      cell: (one) => (
        <span className="font-mono text-small text-muted">{one.baseUrl ?? 'in this process'}</span>
      ),
    },
    {
      id: 'key',
      header: 'Credential',
      width: 110,
      hideBelowPx: 860,
      cell: (one) =>
        one.keyPreview === undefined ? (
          <span className="text-faint">none</span>
        ) : (
          <span className="font-mono text-small">…{one.keyPreview}</span>
        ),
    },
    {
      id: 'origin',
      header: 'Origin',
      width: 150,
      hideBelowPx: 960,
      cell: (one) => <span className="text-muted">{origins[one.origin]}</span>,
    },
    {
      id: 'actions',
      header: 'Actions',
      isHeaderHidden: true,
      width: 110,
      align: 'end',
      cell: (one) => (
        <span className="inline-flex items-center gap-1">
          <Button
            kind="quiet"
            label={`Test ${one.name}`}
            disabled={!parts.mayWrite}
            busy={parts.testing === one.name}
            onClick={() => parts.onTest(one)}
          >
            Test
          </Button>
          {one.origin === 'stored' && (
            <IconButton
              label={`Remove ${one.name}`}
              icon={<Trash2 size={14} />}
              disabled={!parts.mayWrite}
              onClick={() => parts.onRemove(one)}
            />
          )}
        </span>
      ),
    },
  ]
}

function LastTest(props: { readonly connection: Connection }): ReactElement {
  const { lastTest } = props.connection
  if (lastTest === undefined) return <State tone="waiting">not tested</State>
  return (
    <span className="flex items-center gap-2">
      <State tone={lastTest.ok ? 'ok' : 'bad'}>{lastTest.message}</State>
      <span className="text-small whitespace-nowrap text-faint">
        {formatDuration(lastTest.latencyMs)}, <Time at={lastTest.at} />
      </span>
    </span>
  )
}
