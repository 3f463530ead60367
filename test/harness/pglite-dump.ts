import { createRequire } from 'node:module'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'

/** Makes a dump of a fresh in-memory PGlite once per PGlite version, and returns its file. */
export async function makePgliteDump(): Promise<string> {
  const folder = join(tmpdir(), `ratchet-test-cache-${userInfo().uid}`)
  const file = join(folder, `pglite-${pgliteVersion()}.tar`)
  if (existsSync(file)) return file
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const fresh = new PGlite()
  await fresh.waitReady
  const dump = await fresh.dumpDataDir('none')
  await fresh.close()
  const half = `${file}.${process.pid}`
  writeFileSync(half, Buffer.from(await dump.arrayBuffer()))
  renameSync(half, file)
  return file
}

function pgliteVersion(): string {
  // The package does not export its manifest.
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  const manifest = join(dirname(entry), '..', 'package.json')
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}
