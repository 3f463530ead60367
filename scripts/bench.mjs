// `npm run bench`: the benchmarks of bench/, on the pinned Node.
import { join } from 'node:path'
import { bootstrap, pinnedNode, root } from './bootstrap.mjs'
import { becomeProgram } from './run-child.mjs'

bootstrap()
becomeProgram(pinnedNode, [join(root, 'bench', 'main.ts'), ...process.argv.slice(2)])
