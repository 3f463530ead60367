import { getLoop, getStatus, type OutputOf } from '@ratchet/contract'
import type { Command } from 'commander'
import { exitCodes } from '../print-failure.ts'
import { formatBytes, formatCount, formatDuration, formatMoney, formatSparkline } from '../render/figures.ts'
import { act, addVerb, type Program, type Run } from '../verb.ts'

type Status = OutputOf<typeof getStatus>
type Loop = OutputOf<typeof getLoop>

export function addStatus(parent: Command, program: Program): void {
  addVerb(parent, 'status', {
    summary: 'Show what runs and where the project stands in the loop',
    examples: ['status', 'status --json'],
  }).action(act(program, showStatus))
}

async function showStatus(run: Run): Promise<number> {
  const { status, loop } = await run.withServer(async ({ client }) => ({
    status: await client.call(getStatus, { signal: run.io.signal }),
    loop: await client.call(getLoop, { signal: run.io.signal }),
  }))
  run.output.result({ ...status, loop }, () =>
    [processLines(run, status), telemetryLine(run, status), '', loopLines(run, loop)]
      .filter((part) => part !== undefined)
      .join('\n'),
  )
  const isWell =
    status.processes.every(({ state }) => state === 'ready') && status.engines.every(({ ok }) => ok)
  return isWell ? exitCodes.ok : exitCodes.failed
}

function processLines({ output: { paint } }: Run, status: Status): string {
  const mark = (isWell: boolean) => (isWell ? paint.good('●') : paint.bad('●'))
  return [
    `${paint.bold(`Ratchet ${status.version}`)} on ${status.dataFolder}`,
    `  console ${status.url}`,
    `  gateway ${status.gatewayUrl}`,
    ...status.processes.map(({ name, state, pid, memoryBytes, restarts, message }) => {
      const figures = [
        state,
        pid === undefined ? '' : `pid ${pid}`,
        memoryBytes === undefined ? '' : formatBytes(memoryBytes),
        restarts > 0 ? `${restarts} restarts` : '',
        message ?? '',
      ]
      return `${mark(state === 'ready')} ${name.padEnd(10)} ${figures.filter((part) => part !== '').join(' · ')}`
    }),
    ...status.engines.map(
      ({ name, kind, version, ok, message }) =>
        `${mark(ok)} ${name.padEnd(10)} ${kind} ${version}${message ? ` · ${message}` : ''}`,
    ),
  ].join('\n')
}

function telemetryLine({ output: { paint } }: Run, { telemetry }: Status): string | undefined {
  const lost = telemetry.droppedBodies + telemetry.droppedRecords
  const parts = [
    telemetry.pendingRecords > 0 ? `${formatCount(telemetry.pendingRecords)} spans on their way` : '',
    lost > 0
      ? paint.bad(
          `${formatCount(telemetry.droppedRecords)} spans and ${formatCount(telemetry.droppedBodies)} bodies dropped: the spool was full`,
        )
      : '',
    telemetry.deadLetterRows > 0
      ? paint.warn(
          `${formatCount(telemetry.deadLetterRows)} rows could not be stored: ratchet telemetry replay`,
        )
      : '',
  ].filter((part) => part !== '')
  return parts.length === 0 ? undefined : parts.join('\n')
}

function loopLines({ output: { paint } }: Run, loop: Loop): string {
  const marks = { done: paint.good('✓'), next: paint.accent('→'), waiting: paint.dim('·') } as const
  const { traces, errors, p95Ms, costNano, series } = loop.traffic
  const traffic = [
    `${formatCount(traces)} traces`,
    errors > 0 ? paint.bad(`${formatCount(errors)} errors`) : '',
    p95Ms === undefined ? '' : `p95 ${formatDuration(p95Ms)}`,
    formatMoney(costNano),
    formatSparkline(series.map((point) => point.traces)),
  ]
  return [
    paint.bold(loop.headline),
    ...loop.steps.map(({ state, title, detail, command }) => {
      const next = state === 'next' && command !== undefined ? `\n    $ ${command}` : ''
      return `${marks[state]} ${title.padEnd(10)} ${paint.dim(detail)}${next}`
    }),
    ...(traces > 0 ? [traffic.filter((part) => part !== '').join(' · ')] : []),
  ].join('\n')
}
