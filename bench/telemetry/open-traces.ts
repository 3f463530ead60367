import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  makeTraces,
  tracesColumnarMigrations,
  type Traces,
} from '../../packages/server/src/features/traces/index.ts'
import { makeDeadLetters } from '../../packages/server/src/platform/clickhouse/dead-letter.ts'
import {
  openClickhouse,
  type Clickhouse,
} from '../../packages/server/src/platform/clickhouse/open-clickhouse.ts'
import { systemClock } from '../../packages/server/src/platform/clock.ts'
import { newId } from '../../packages/server/src/platform/ids.ts'
import { silentLog } from '../../packages/server/src/platform/log.ts'

/** The traces feature over an embedded engine in a folder of its own. */
export async function openTraces(): Promise<{
  clickhouse: Clickhouse
  traces: Traces
  close: () => Promise<void>
}> {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-bench-'))
  const clickhouse = await openClickhouse({
    folder: join(folder, 'clickhouse'),
    migrations: tracesColumnarMigrations,
    log: silentLog,
  })
  const deadLetters = makeDeadLetters(join(folder, 'dead-letter'), systemClock)
  const traces = makeTraces({ clickhouse, deadLetters, clock: systemClock, makeId: newId, log: silentLog })
  return {
    clickhouse,
    traces,
    close: async () => {
      await traces.stop()
      await clickhouse.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
