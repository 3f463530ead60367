import { type Connection, providerTable, type TargetTraffic } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { Button } from '../../../ui/controls/button.tsx'
import { formatCompact, formatDuration, formatPercent, noData } from '../../../ui/numbers/format-number.ts'
import { Time } from '../../../ui/numbers/time.tsx'
import { State } from '../../../ui/states/state.tsx'
import type { Column } from '../../../ui/table/column.ts'

export const originWords: Readonly<Record<Connection['origin'], string>> = {
  stored: 'stored here',
  environment: 'from the environment',
  'built-in': 'built in',
}

/** Columns of the connection list: which there are, whether they answer, what they are asked. */
export function connectionColumns(parts: {
  readonly testing: string | undefined
  readonly onTest: (name: string) => void
  readonly mayWrite: boolean
  readonly targets: readonly TargetTraffic[] | undefined
}): readonly Column<Connection>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      width: { min: 90, share: 1.4 },
      cell: (one) => <span className="font-medium">{one.name}</span>,
    },
    {
      id: 'provider',
      header: 'Provider',
      width: { min: 110, share: 2 },
      hideBelowPx: 620,
      cell: (one) => <span className="text-muted">{providerTable[one.provider].label}</span>,
    },
    {
      id: 'state',
      header: 'Last test',
      width: { min: 130, share: 2.6 },
      cell: (one) => <LastTest connection={one} short />,
    },
    {
      id: 'keys',
      header: 'Keys',
      width: 56,
      align: 'end',
      hideBelowPx: 720,
      cell: (one) => (one.keys.length === 0 ? <span className="text-faint">none</span> : one.keys.length),
    },
    {
      id: 'tested',
      header: 'Tested',
      width: 92,
      align: 'end',
      hideBelowPx: 720,
      cell: (one) => <Time at={one.lastTest?.at} />,
    },
    {
      id: 'calls',
      header: 'Calls, 1 h',
      width: 84,
      align: 'end',
      hideBelowPx: 820,
      cell: (one) => formatCompact(sumOf(one.name, parts.targets)?.calls),
    },
    {
      id: 'failed',
      header: 'Failed',
      width: 76,
      align: 'end',
      hideBelowPx: 820,
      cell: (one) => <Failed traffic={sumOf(one.name, parts.targets)} />,
    },
    {
      id: 'origin',
      header: 'Origin',
      width: 160,
      hideBelowPx: 960,
      cell: (one) => <span className="text-muted">{originWords[one.origin]}</span>,
    },
    {
      id: 'actions',
      header: 'Actions',
      isHeaderHidden: true,
      width: 64,
      align: 'end',
      cell: (one) => (
        <Button
          kind="quiet"
          label={`Test ${one.name}`}
          disabled={!parts.mayWrite}
          busy={parts.testing === one.name}
          onClick={() => parts.onTest(one.name)}
        >
          Test
        </Button>
      ),
    },
  ]
}

type Sum = { readonly calls: number; readonly errors: number }

function sumOf(name: string, targets: readonly TargetTraffic[] | undefined): Sum | undefined {
  return targets
    ?.filter(({ connection }) => connection === name)
    .reduce((sum, { calls, errors }) => ({ calls: sum.calls + calls, errors: sum.errors + errors }), {
      calls: 0,
      errors: 0,
    })
}

function Failed(props: { readonly traffic: Sum | undefined }): ReactElement {
  const { calls = 0, errors = 0 } = props.traffic ?? {}
  if (calls === 0) return <span className="text-faint">{noData}</span>
  return (
    <span className={errors >= calls * 0.01 && errors > 0 ? 'text-bad' : undefined}>
      {formatPercent(errors / calls)}
    </span>
  )
}

/** Whether the provider answered when it was last asked for its models. */
export function LastTest(props: { readonly connection: Connection; readonly short?: boolean }): ReactElement {
  const { lastTest, origin } = props.connection
  if (lastTest === undefined)
    return origin === 'built-in' ? (
      <State tone="ok">always there</State>
    ) : (
      <State tone="waiting">not tested</State>
    )
  if (props.short === true) return <State tone={lastTest.ok ? 'ok' : 'bad'}>{lastTest.message}</State>
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      <State tone={lastTest.ok ? 'ok' : 'bad'}>{lastTest.message}</State>
      <span className="text-small whitespace-nowrap text-faint">
        {formatDuration(lastTest.latencyMs)}, <Time at={lastTest.at} />
      </span>
    </span>
  )
}
