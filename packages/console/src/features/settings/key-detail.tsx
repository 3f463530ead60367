import {
  type ApiKey,
  getGatewayConfig,
  getUsage,
  listLimitUse,
  type OutputOf,
  type UsageGroup,
} from '@ratchet/contract'
import { Link } from '@tanstack/react-router'
import type { ReactElement, ReactNode } from 'react'
import { toProblem } from '../../api/problem.ts'
import { useCall } from '../../api/use-call.ts'
import { CommandLine } from '../../ui/code/command-line.tsx'
import { Button } from '../../ui/controls/button.tsx'
import {
  formatCompact,
  formatCostNano,
  formatPercent,
  formatQuantity,
} from '../../ui/numbers/format-number.ts'
import { Time } from '../../ui/numbers/time.tsx'
import { EnvironmentWord } from '../../ui/states/environment-word.tsx'
import { ErrorState } from '../../ui/states/error-state.tsx'
import { Skeleton } from '../../ui/states/skeleton.tsx'
import { State } from '../../ui/states/state.tsx'
import type { Column } from '../../ui/table/column.ts'
import { DataTable } from '../../ui/table/data-table.tsx'
import { type KeyLimit, keyLimitColumns, limitsOfKey } from './key-limits.tsx'

/** One key: what it spent this month and on which models, the limits and budgets it has of its own, what it may. */
export function KeyDetail(props: {
  readonly apiKey: ApiKey
  readonly onRevoke: (() => void) | undefined
}): ReactElement {
  const { apiKey } = props
  const usage = useCall(
    getUsage,
    { query: { by: 'model', key: apiKey.id, limit: 20, forecast: 'true' } },
    { pollMs: 15_000 },
  )
  const config = useCall(getGatewayConfig, {}, { pollMs: 15_000 })
  const use = useCall(
    listLimitUse,
    { query: { scope: 'key', subject: apiKey.id, limit: 200 } },
    { pollMs: 5_000 },
  )
  const error = usage.error ?? config.error ?? use.error
  const limits = limitsOfKey(apiKey, config.data?.config, use.data?.items)
  return (
    <div className="flex flex-col gap-6 px-4 py-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <p className="min-w-0 flex-1">{usage.data === undefined ? '' : <Spent usage={usage.data} />}</p>
        {apiKey.state === 'active' && (
          <Button kind="danger" disabled={props.onRevoke === undefined} onClick={() => props.onRevoke?.()}>
            Revoke key
          </Button>
        )}
      </div>
      {error !== null && <ErrorState problem={toProblem(error, 'Not all of it could be loaded')} />}
      <KeyLimits limits={limits} isLoading={config.data === undefined && config.error === null} />
      <section aria-label="Models this month" className="flex flex-col gap-2">
        <h2 className="font-medium">Models this month</h2>
        <div className="-mx-4 border-y border-line">
          <DataTable
            label="Models this month"
            columns={modelColumns}
            rows={usage.data?.groups}
            rowKey={({ values }) => values.join(' ')}
            unbounded
            empty={<p className="py-3 text-muted">It has called no model this month.</p>}
          />
        </div>
        {usage.data !== undefined && usage.data.total.requests > 0 && (
          <Link to="/traces" search={usage.data.total.traces} className="self-start text-accent underline">
            Open its traces
          </Link>
        )}
      </section>
      <Facts apiKey={apiKey} />
      <CommandLine command={`npx ratchet keys show ${apiKey.id}`} />
    </div>
  )
}

function Spent({ usage: { total } }: { readonly usage: OutputOf<typeof getUsage> }): ReactElement {
  const { requests, errors, costNano, unknownCost, forecast } = total
  if (requests === 0) return <>It has called no model this month.</>
  return (
    <>
      <span className="font-medium">
        {unknownCost > 0 ? '≥ ' : ''}
        {formatCostNano(costNano)}
      </span>{' '}
      this month
      {forecast !== undefined && `, ${formatCostNano(forecast.atEndNano)} expected at its end`}
      <span className="text-muted">
        ; {formatQuantity(requests, 'call')}
        {errors > 0 && `, ${formatPercent(errors / requests)} failed or refused`}
      </span>
    </>
  )
}

function KeyLimits(props: {
  readonly limits: readonly KeyLimit[]
  readonly isLoading: boolean
}): ReactElement {
  return (
    <section aria-label="Limits and budgets" className="flex flex-col gap-2">
      <h2 className="font-medium">Limits and budgets</h2>
      {props.isLoading ? (
        <Skeleton lines={2} />
      ) : (
        <div className="-mx-4 border-y border-line">
          <DataTable
            label="Limits and budgets"
            columns={keyLimitColumns}
            rows={props.limits}
            rowKey={({ kind, item }) => `${kind} ${item.name}`}
            unbounded
            empty={<p className="py-3 text-muted">It has none of its own.</p>}
          />
        </div>
      )}
      <p className="text-small text-muted">
        Those of the project, its users and models hold too:{' '}
        <Link to="/gateway/limits" search={{}} className="text-accent underline">
          all limits and budgets
        </Link>
      </p>
    </section>
  )
}

const modelColumns: readonly Column<UsageGroup>[] = [
  {
    id: 'model',
    header: 'Model',
    width: { min: 120, share: 1 },
    cell: ({ values: [name = ''] }) =>
      name === '' ? <span className="text-muted">no model</span> : <span title={name}>{name}</span>,
  },
  { id: 'calls', header: 'Calls', width: 72, align: 'end', cell: ({ requests }) => formatCompact(requests) },
  {
    id: 'tokens',
    header: 'Tokens',
    width: 76,
    align: 'end',
    cell: ({ inputTokens, outputTokens }) => formatCompact(inputTokens + outputTokens),
  },
  {
    id: 'cost',
    header: 'Cost',
    width: 96,
    align: 'end',
    cell: ({ costNano, unknownCost }) => `${unknownCost > 0 ? '≥ ' : ''}${formatCostNano(costNano)}`,
  },
]

function Facts({ apiKey }: { readonly apiKey: ApiKey }): ReactElement {
  return (
    <dl>
      <Fact name="Key">
        <span className="font-mono text-small">{apiKey.preview}</span>
      </Fact>
      <Fact name="State">
        <State tone={apiKey.state === 'active' ? 'ok' : 'neutral'}>{apiKey.state}</State>
      </Fact>
      <Fact name="Environment">
        <EnvironmentWord name={apiKey.environment} />
      </Fact>
      <Fact name="May">{apiKey.scopes.join(', ')}</Fact>
      <Fact name="Last used">
        {apiKey.lastUsedAt === undefined ? 'never' : <Time at={apiKey.lastUsedAt} />}
      </Fact>
      <Fact name="Created">
        <Time at={apiKey.createdAt} /> by {apiKey.createdBy}
      </Fact>
      <Fact name="Expires">{apiKey.expiresAt === undefined ? 'never' : <Time at={apiKey.expiresAt} />}</Fact>
    </dl>
  )
}

function Fact(props: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <div className="flex min-h-8 flex-wrap items-center gap-x-4 border-b border-line py-1">
      <dt className="w-24 shrink-0 text-muted">{props.name}</dt>
      <dd className="min-w-0 flex-1 break-words">{props.children}</dd>
    </div>
  )
}
