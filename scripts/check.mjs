// `npm run check`: types, lint, unused code, format.
import { bootstrap } from './bootstrap.mjs'
import { runChecks } from './checks.mjs'

bootstrap()
const failed = runChecks()
process.stdout.write(failed.length === 0 ? '\nAll checks passed.\n' : `\nFailed: ${failed.join(', ')}.\n`)
process.exitCode = failed.length === 0 ? 0 : 1
