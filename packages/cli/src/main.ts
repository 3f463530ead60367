#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { compileCacheFolder } from './compile-cache.ts'

const major = Number(process.versions.node.split('.')[0])
if (major < 26) {
  process.stderr.write(
    `Ratchet runs on Node 26; this is Node ${process.versions.node}. Start it with: npx ratchet (it finds the pinned Node).\n`,
  )
  process.exit(1)
}
const cacheFolder = compileCacheFolder(process.env)
if (cacheFolder) enableCompileCache(cacheFolder)
// Only what is loaded from here on comes from the cache.
const [{ runCli }, { processIo }] = await Promise.all([import('./run-cli.ts'), import('./io.ts')])
const exitCode = await runCli(process.argv.slice(2), processIo())
// Output to a pipe is asynchronous: an early exit would cut a long JSON document.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)))
