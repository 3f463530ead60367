import { getGatewayConfigVersion, listGatewayConfigVersions, planGatewayConfig } from '@ratchet/contract'
import { History } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import { toProblem } from '../../../api/problem.ts'
import { useCall, useCallPages } from '../../../api/use-call.ts'
import { useMay } from '../../../app/me-context.ts'
import { Button } from '../../../ui/controls/button.tsx'
import { formatQuantity } from '../../../ui/numbers/format-number.ts'
import { Time } from '../../../ui/numbers/time.tsx'
import { EmptyState } from '../../../ui/states/empty-state.tsx'
import { ErrorState } from '../../../ui/states/error-state.tsx'
import { Skeleton } from '../../../ui/states/skeleton.tsx'
import { ChangeList } from './change-list.tsx'
import { SaveConfigDialog } from './save-config-dialog.tsx'

/** Versions of the gateway's configuration; a chosen one shows what going back to it would change. */
export function HistoryPanel(props: {
  readonly version: number | undefined
  readonly onVersion: (version: number | undefined) => void
}): ReactElement {
  const list = useCallPages(listGatewayConfigVersions, { query: { limit: 50 } })
  const { rows } = list
  if (rows === undefined)
    return (
      <div className="p-4">
        {list.error === null ? (
          <Skeleton lines={6} />
        ) : (
          <ErrorState
            problem={toProblem(list.error, 'The history could not be loaded')}
            onRetry={list.retry}
          />
        )}
      </div>
    )
  const newest = rows[0]?.version
  return (
    <div className="flex flex-col gap-4 px-4 py-3">
      {rows.length === 0 && (
        <EmptyState title="Nothing was changed yet" command="npx ratchet apply -f gateway.yaml">
          Every change of routes, limits, guardrails and caches becomes a version here.
        </EmptyState>
      )}
      <ol className="flex flex-col">
        {rows.map((row) => (
          <li key={row.version} className="border-b border-line">
            <button
              type="button"
              aria-expanded={row.version === props.version}
              onClick={() => props.onVersion(row.version === props.version ? undefined : row.version)}
              className="flex w-full flex-wrap items-baseline gap-x-3 px-2 py-2 text-left hover:bg-hover aria-expanded:bg-selected"
            >
              <span className="font-medium tabular-nums">Version {row.version}</span>
              {row.version === newest && <span className="text-small text-ok">live</span>}
              <span className="min-w-0 flex-1 truncate text-muted">{row.note}</span>
              <span className="text-small text-muted">
                {row.author}, <Time at={row.at} />, {formatQuantity(row.changes, 'change')}
              </span>
            </button>
            {row.version === props.version && (
              <Version version={row.version} isLive={row.version === newest} />
            )}
          </li>
        ))}
      </ol>
      {list.hasMore && <Button onClick={list.loadMore}>Show older versions</Button>}
    </div>
  )
}

function Version(props: { readonly version: number; readonly isLive: boolean }): ReactElement {
  const { version } = props
  const mayWrite = useMay('gateway:write')
  const [isRestoring, setIsRestoring] = useState(false)
  const stored = useCall(getGatewayConfigVersion, { params: { version } })
  const config = stored.data?.version === version ? stored.data.config : undefined
  const plan = useCall(
    planGatewayConfig,
    { body: { config } },
    { enabled: config !== undefined && !props.isLive },
  )
  const error = stored.error ?? plan.error
  if (props.isLive) return <p className="px-2 py-3 text-muted">This version serves now.</p>
  if (error !== null)
    return <ErrorState problem={toProblem(error, `Version ${String(version)} could not be loaded`)} />
  if (config === undefined || plan.data === undefined) return <Skeleton lines={3} />
  return (
    <div className="flex flex-col gap-3 px-2 py-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="text-small font-medium text-muted">
          {plan.data.changes.length === 0
            ? 'It is the same as the version that serves now.'
            : 'What restoring it would change'}
        </h2>
        <Button
          icon={<History size={13} aria-hidden />}
          disabled={!mayWrite || plan.data.changes.length === 0}
          onClick={() => setIsRestoring(true)}
        >
          Restore version {version}
        </Button>
      </div>
      <ChangeList changes={plan.data.changes} />
      {isRestoring && (
        <SaveConfigDialog
          title={`Restore version ${String(version)}?`}
          note={`Back to version ${String(version)}`}
          edit={() => config}
          onClose={() => setIsRestoring(false)}
        />
      )}
    </div>
  )
}
