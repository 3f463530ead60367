import type { getStatus, OutputOf } from '@ratchet/contract'
import type { DeadLetters } from '../platform/clickhouse/dead-letter.ts'
import type { Config } from '../config.ts'
import type { Traces } from '../features/traces/index.ts'
import { residentBytes } from './child-process.ts'
import type { Engines } from './engines.ts'
import type { ChildState, SupervisedChild } from './supervisor.ts'

type Status = OutputOf<typeof getStatus>

export type StatusParts = {
  readonly config: Config
  readonly engines: Engines
  readonly traces: Traces
  readonly deadLetters: DeadLetters
  readonly children: readonly SupervisedChild[]
  readonly url: string
  readonly gatewayUrl: string
  readonly startedAtMs: number
}

/** The state of every part, as the status page and `ratchet status` show it. */
export async function readStatus(parts: StatusParts): Promise<Status> {
  const { config, engines, traces } = parts
  const [postgresOk, clickhouseOk, letters] = await Promise.all([
    engines.postgres.db
      .selectNoFrom((e) => e.lit(1).as('one'))
      .executeTakeFirst()
      .then(
        () => true,
        () => false,
      ),
    engines.clickhouse.isAlive().catch(() => false),
    parts.deadLetters.list(),
  ])
  const spools = traces.spoolStates()
  const total = (
    name: 'spoolBytes' | 'spoolLimitBytes' | 'pendingRecords' | 'droppedBodies' | 'droppedRecords',
  ): number => spools.reduce((sum, spool) => sum + spool[name], 0)
  return {
    version: config.version,
    startedAt: new Date(parts.startedAtMs).toISOString(),
    dataFolder: config.dataFolder,
    url: parts.url,
    gatewayUrl: parts.gatewayUrl,
    processes: [
      controlStatus(parts.startedAtMs),
      ...parts.children.map((child) => childStatus(child.status())),
    ],
    engines: [
      { name: 'relational', kind: engines.postgres.kind, version: engines.postgres.version, ok: postgresOk },
      {
        name: 'columnar',
        kind: engines.clickhouse.kind,
        version: engines.clickhouse.version,
        ok: clickhouseOk,
      },
    ],
    telemetry: {
      spoolBytes: total('spoolBytes'),
      spoolLimitBytes: total('spoolLimitBytes'),
      pendingRecords: total('pendingRecords'),
      droppedBodies: total('droppedBodies'),
      droppedRecords: total('droppedRecords'),
      deadLetterFiles: letters.length,
      deadLetterRows: letters.reduce((sum, letter) => sum + letter.rows, 0),
    },
  }
}

function controlStatus(startedAtMs: number): Status['processes'][number] {
  return {
    name: 'control',
    state: 'ready',
    pid: process.pid,
    restarts: 0,
    startedAt: new Date(startedAtMs).toISOString(),
    memoryBytes: residentBytes(process.pid) ?? process.memoryUsage().rss,
  }
}

function childStatus({ startedAtMs, ...child }: ChildState): Status['processes'][number] {
  return {
    ...child,
    ...(startedAtMs === undefined ? {} : { startedAt: new Date(startedAtMs).toISOString() }),
  }
}
