import { getStatus, type OutputOf, replayTelemetry } from '@ratchet/contract'
import { RotateCcw } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { useMay } from '../../app/me-context.ts'
import { toProblem } from '../../api/problem.ts'
import { useCall, useCallMutation } from '../../api/use-call.ts'
import { Button } from '../../ui/controls/button.tsx'
import { formatBytes, formatQuantity } from '../../ui/numbers/format-number.ts'
import { Time } from '../../ui/numbers/time.tsx'
import { showToast } from '../../ui/overlays/toast.tsx'
import { ErrorState } from '../../ui/states/error-state.tsx'
import { Skeleton } from '../../ui/states/skeleton.tsx'
import { State, type Tone } from '../../ui/states/state.tsx'
import { describeTrouble } from '../home/health-line.tsx'
import { SettingsHead } from './settings-head.tsx'

type Status = OutputOf<typeof getStatus>

const tones: Readonly<Record<Status['processes'][number]['state'], Tone>> = {
  ready: 'ok',
  starting: 'active',
  degraded: 'warn',
  down: 'bad',
}

/** Processes, engines and telemetry of this installation. */
export function SystemPage(): ReactElement {
  const status = useCall(getStatus, {}, { pollMs: 3_000 })
  if (status.data === undefined) {
    return (
      <>
        <SettingsHead />
        <div className="p-6">
          {status.error === null ? (
            <Skeleton lines={8} />
          ) : (
            <ErrorState
              problem={toProblem(status.error, 'The state of the system could not be loaded')}
              onRetry={() => void status.refetch()}
            />
          )}
        </div>
      </>
    )
  }
  const { data } = status
  const trouble = describeTrouble(data)
  return (
    <>
      <SettingsHead answer={trouble.length === 0 ? 'Everything works' : trouble.join('. ')} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="flex max-w-240 flex-col gap-8 px-4 py-5 md:px-6">
          <Processes processes={data.processes} />
          <Section name="Engines">
            {data.engines.map((engine) => (
              <Row key={engine.name} name={engine.name} detail={`${engine.kind} ${engine.version}`}>
                <State tone={engine.ok ? 'ok' : 'bad'}>
                  {engine.ok ? 'works' : (engine.message ?? 'fails')}
                </State>
              </Row>
            ))}
          </Section>
          <Telemetry telemetry={data.telemetry} />
          <Section name="Installation">
            <Row name="Version">{data.version}</Row>
            <Row name="Running since">
              <Time at={data.startedAt} />
            </Row>
            <Row name="Data folder">
              <span className="font-mono text-small break-all">{data.dataFolder}</span>
            </Row>
            <Row name="Gateway">
              <span className="font-mono text-small">{data.gatewayUrl}</span>
            </Row>
          </Section>
        </div>
      </div>
    </>
  )
}

function Processes(props: { readonly processes: Status['processes'] }): ReactElement {
  return (
    <Section name="Processes">
      {props.processes.map((process) => (
        <Row
          key={process.name}
          name={process.name}
          detail={[
            ...(process.pid === undefined ? [] : [`pid ${String(process.pid)}`]),
            ...(process.memoryBytes === undefined ? [] : [formatBytes(process.memoryBytes)]),
            ...(process.restarts === 0 ? [] : [`restarted ${formatQuantity(process.restarts, 'time')}`]),
          ].join(', ')}
        >
          <State tone={tones[process.state]}>
            {process.state}
            {process.message !== undefined && `: ${process.message}`}
          </State>
        </Row>
      ))}
    </Section>
  )
}

function Telemetry(props: { readonly telemetry: Status['telemetry'] }): ReactElement {
  const { telemetry } = props
  const mayReplay = useMay('project:admin')
  const replay = useCallMutation(replayTelemetry, [getStatus])
  const run = (): void =>
    replay.mutate(
      {},
      {
        onSuccess: ({ rows, files, failed }) =>
          showToast({
            title: `Stored ${formatQuantity(rows, 'row')} from ${formatQuantity(files, 'file')}`,
            ...(failed[0] === undefined
              ? {}
              : { detail: `${formatQuantity(failed.length, 'file')} failed again: ${failed[0].message}` }),
          }),
        onError: (error) => showToast({ title: 'Nothing was replayed', detail: error.message }),
      },
    )
  return (
    <Section name="Telemetry">
      <Row name="Spool" detail={`of ${formatBytes(telemetry.spoolLimitBytes)}`}>
        {formatBytes(telemetry.spoolBytes)}, {formatQuantity(telemetry.pendingRecords, 'record')} on the way
      </Row>
      <Row name="Dropped">
        <State tone={telemetry.droppedBodies + telemetry.droppedRecords === 0 ? 'ok' : 'bad'}>
          {telemetry.droppedBodies + telemetry.droppedRecords === 0
            ? 'nothing'
            : `${formatQuantity(telemetry.droppedBodies, 'body', 'bodies')}, ${formatQuantity(telemetry.droppedRecords, 'record')}`}
        </State>
      </Row>
      <Row name="Set aside">
        <span className="flex flex-wrap items-center gap-3">
          <State tone={telemetry.deadLetterRows === 0 ? 'ok' : 'warn'}>
            {telemetry.deadLetterRows === 0
              ? 'nothing'
              : `${formatQuantity(telemetry.deadLetterRows, 'row')} in ${formatQuantity(telemetry.deadLetterFiles, 'file')}`}
          </State>
          {telemetry.deadLetterFiles > 0 && (
            <Button
              icon={<RotateCcw size={13} aria-hidden />}
              busy={replay.isPending}
              disabled={!mayReplay}
              onClick={run}
            >
              Replay rows
            </Button>
          )}
        </span>
      </Row>
    </Section>
  )
}

function Section(props: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <section>
      <h2 className="mb-1 font-semibold">{props.name}</h2>
      <dl>{props.children}</dl>
    </section>
  )
}

function Row(props: {
  readonly name: string
  readonly detail?: string
  readonly children: ReactNode
}): ReactElement {
  return (
    <div className="flex min-h-9 flex-wrap items-center gap-x-4 border-b border-line py-1">
      <dt className="w-28 shrink-0">{props.name}</dt>
      <dd className="min-w-0 flex-1">{props.children}</dd>
      {props.detail !== undefined && props.detail !== '' && (
        <dd className="text-small text-faint tabular-nums">{props.detail}</dd>
      )}
    </div>
  )
}
