// `npm test`: every check, the console build, every test. With arguments (`npm test -- packages/core`) only the
// tests that match. The last line is `N passed, N failed`; failed checks count as failed.
import { spawn } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { bootstrap, pinnedNode, root } from './bootstrap.mjs'
import { buildConsole } from './build-console.mjs'
import { runChecks } from './checks.mjs'
import { readCounts } from './count-results.mjs'
import { runStep } from './run-child.mjs'

const args = process.argv.slice(2)
bootstrap()

// Mostly waiting for the network, so beside the checks; a test that finds nothing installs it and says why it cannot.
if (args.length === 0)
  spawn(process.execPath, [join(root, 'scripts', 'client-libraries.mjs')], { stdio: 'ignore' }).unref()

const failedChecks = args.length > 0 ? [] : runChecks()
if (args.length === 0 && !buildConsole({ isForced: true })) failedChecks.push('console build')

process.stdout.write('\n── tests\n')
const reportFile = join(root, '.cache', `test-report-${process.pid}.json`)
mkdirSync(join(root, '.cache'), { recursive: true })
const exitCode = runStep(pinnedNode, [
  join(root, 'node_modules', 'vitest', 'vitest.mjs'),
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${reportFile}`,
  ...args,
])
const counts = readCounts(reportFile)
rmSync(reportFile, { force: true })

if (failedChecks.length > 0) process.stdout.write(`\nFailed checks: ${failedChecks.join(', ')}\n`)
const failed = counts.failed + failedChecks.length + (exitCode !== 0 && counts.failed === 0 ? 1 : 0)
process.stdout.write(`\n${counts.passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
