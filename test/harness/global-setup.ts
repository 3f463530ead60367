import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { makePgliteDump } from './pglite-dump.ts'
import { startPostgresServer } from './postgres-server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Superuser address of a throw-away PostgreSQL server, without database name. */
    postgresUrl: string
    /** A dump of a fresh PGlite, so that an in-memory one starts in under half a second. */
    pgliteDumpFile: string
  }
}

/** Starts what all integration tests share; the returned function stops and removes it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const pgliteDumpFile = await makePgliteDump()
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-tests-'))
  const server = await startPostgresServer(folder)
  project.provide('postgresUrl', server.url)
  project.provide('pgliteDumpFile', pgliteDumpFile)
  return async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
