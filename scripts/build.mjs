// `npm run build`: the console. Everything else runs from its sources.
import { bootstrap } from './bootstrap.mjs'
import { buildConsole } from './build-console.mjs'

bootstrap()
process.exitCode = buildConsole({ isForced: true }) ? 0 : 1
