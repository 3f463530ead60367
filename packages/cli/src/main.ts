#!/usr/bin/env node
import { processIo } from './io.ts'
import { runCli } from './run-cli.ts'

const major = Number(process.versions.node.split('.')[0])
if (major < 26) {
  process.stderr.write(
    `Ratchet runs on Node 26; this is Node ${process.versions.node}. Start it with: npx ratchet (it finds the pinned Node).\n`,
  )
  process.exit(1)
}
const exitCode = await runCli(process.argv.slice(2), processIo())
// Output to a pipe is asynchronous: an early exit would cut a long JSON document.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)))
