#!/usr/bin/env node
// `npm start`, `npm run demo`, `npm run ratchet -- …`: the ratchet command from a clone, with everything it needs.
import { join } from 'node:path'
import { bootstrap, pinnedNode, root, say } from './bootstrap.mjs'
import { buildConsole } from './build-console.mjs'
import { becomeProgram } from './run-child.mjs'

const args = process.argv.slice(2)
bootstrap()
if (args[0] === 'up' && !args.includes('--help') && !buildConsole()) {
  say(
    'The console could not be built (see above); starting without it. The API, the gateway and the CLI work.',
  )
}
becomeProgram(pinnedNode, [join(root, 'packages', 'cli', 'src', 'main.ts'), ...args])
