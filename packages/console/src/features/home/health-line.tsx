import type { getStatus, OutputOf } from '@ratchet/contract'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { formatQuantity } from '../../ui/numbers/format-number.ts'
import { State } from '../../ui/states/state.tsx'

type Status = OutputOf<typeof getStatus>

/** What is wrong with the machinery, if anything; silent when all is well. */
export function HealthLine(props: { readonly status: Status }): ReactElement | undefined {
  const words = describeTrouble(props.status)
  if (words.length === 0) return undefined
  return (
    <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1">
      {words.map((sentence) => (
        <Link key={sentence} to="/settings/system" className="max-w-full hover:underline">
          <State tone="warn">{sentence}</State>
        </Link>
      ))}
    </div>
  )
}

/** One sentence per trouble: processes that are not ready, engines that fail, telemetry that was lost or set aside. */
export function describeTrouble(status: Status): readonly string[] {
  const { processes, engines, telemetry } = status
  return [
    ...processes
      .filter(({ state }) => state !== 'ready')
      .map(({ name, state, message }) => `${name} is ${state}${message === undefined ? '' : `: ${message}`}`),
    ...engines
      .filter(({ ok }) => !ok)
      .map(
        ({ name, kind, message }) =>
          `${name} engine (${kind}) fails${message === undefined ? '' : `: ${message}`}`,
      ),
    ...(telemetry.deadLetterRows > 0
      ? [
          `${formatQuantity(telemetry.deadLetterRows, 'telemetry row')} could not be stored and can be replayed`,
        ]
      : []),
    ...(telemetry.droppedRecords > 0
      ? [`${formatQuantity(telemetry.droppedRecords, 'telemetry record')} dropped because the spool was full`]
      : []),
    ...(telemetry.droppedBodies > 0
      ? [`${formatQuantity(telemetry.droppedBodies, 'body', 'bodies')} dropped because the spool was full`]
      : []),
  ]
}
