import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe } from 'vitest'
import type { ColumnarMigration } from '../../packages/server/src/platform/clickhouse/columnar-migrations.ts'
import {
  openClickhouse,
  type Clickhouse,
} from '../../packages/server/src/platform/clickhouse/open-clickhouse.ts'
import { silentLog } from '../../packages/server/src/platform/log.ts'
import { startClickhouseHttp } from './clickhouse-http.ts'

/** Opens an empty columnar engine of the described kind; call it once per describe block, in beforeAll. */
export type OpenColumnar = (migrations?: readonly ColumnarMigration[]) => Promise<Clickhouse>

/** Runs the same tests on chDB in process and on the same engine behind the ClickHouse HTTP protocol. */
export function eachClickhouse(tests: (open: OpenColumnar, kind: 'chdb' | 'http') => void): void {
  for (const kind of ['chdb', 'http'] as const) {
    describe(kind === 'chdb' ? 'on chDB' : 'on ClickHouse over HTTP', () => {
      const cleanups: (() => Promise<void> | void)[] = []
      // chDB serves one folder per process, so the first kind must be gone before the second opens.
      afterAll(async () => {
        for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
      })
      tests(async (migrations = []) => {
        const folder = mkdtempSync(join(tmpdir(), 'ratchet-chdb-'))
        cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
        let clickhouseUrl: string | undefined
        if (kind === 'http') {
          const server = await startClickhouseHttp(folder)
          clickhouseUrl = server.url
          cleanups.push(server.stop)
        }
        const engine = await openClickhouse({ folder, clickhouseUrl, migrations, log: silentLog })
        cleanups.push(engine.stop)
        return engine
      }, kind)
    })
  }
}
