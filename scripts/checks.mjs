import { join } from 'node:path'
import { pinnedNode, root } from './bootstrap.mjs'
import { runStep } from './run-child.mjs'

const bin = (name) => join(root, 'node_modules', '.bin', name)
const script = (...path) => [pinnedNode, [join(root, 'node_modules', ...path)]]

/** Everything that is checked without running the product. */
const checks = [
  { name: 'types', command: () => [bin('tsc'), ['-p', 'tsconfig.json', '--noEmit']] },
  {
    name: 'types of the console',
    command: () => [bin('tsc'), ['-p', 'packages/console/tsconfig.json', '--noEmit']],
  },
  { name: 'lint', command: () => [bin('oxlint'), ['--type-aware', '--deny-warnings']] },
  { name: 'unused code', command: () => withArgs(script('knip', 'bin', 'knip.js'), ['--no-progress']) },
  { name: 'format', command: () => [bin('oxfmt'), ['--check', '.']] },
]

/** Runs every check, also after one failed, and gives the names of those that did. */
export function runChecks() {
  const failed = []
  for (const { name, command } of checks) {
    process.stdout.write(`\n── ${name}\n`)
    const [program, args] = command()
    if (runStep(program, args) !== 0) failed.push(name)
  }
  return failed
}

function withArgs([program, first], args) {
  return [program, [...first, ...args]]
}
