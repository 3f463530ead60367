// The Python libraries that tests call the gateway with. `node scripts/python-environments.mjs` installs all of
// them, `… python-litellm` those of one environment and prints the path of its interpreter. An environment is kept
// in .cache until its list of packages changes.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, say, takeLock } from './bootstrap.mjs'

/** LiteLLM wants another version of OpenAI's library than the others. */
const environments = {
  'python-clients': ['openai==3.54.0', 'anthropic==2.12.0', 'langchain-openai==1.7.3'],
  'python-litellm': ['litellm==1.105.3', 'openai==2.54.0'],
}

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(environments)
for (const name of names) process.stdout.write(`${interpreterOf(name)}\n`)

/** The interpreter of an environment, which is installed when it is not there; ends the process when that fails. */
function interpreterOf(name) {
  const packages = environments[name]
  if (!packages) fail(`No Python environment "${name}"; there are: ${Object.keys(environments).join(', ')}`)
  const digest = createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 12)
  const folder = join(root, '.cache', `${name}-${digest}`)
  const python = join(folder, 'bin', 'python')
  const stamp = join(folder, 'installed')
  if (existsSync(stamp)) return python
  const lockFolder = join(root, '.cache', `installing-${name}`)
  takeLock(lockFolder)
  try {
    if (existsSync(stamp)) return python
    removeEnvironments(name)
    run('python3', '-m', 'venv', folder)
    // What is imported is compiled then: a small part of what these packages bring.
    run(python, '-m', 'pip', 'install', '-q', '--disable-pip-version-check', '--no-compile', ...packages)
    writeFileSync(stamp, '')
  } finally {
    rmSync(lockFolder, { recursive: true, force: true })
  }
  return python
}

/** Those of other lists of packages, and what an interrupted installation left. */
function removeEnvironments(name) {
  const cache = join(root, '.cache')
  mkdirSync(cache, { recursive: true })
  for (const entry of readdirSync(cache))
    if (entry === name || entry.startsWith(`${name}-`))
      rmSync(join(cache, entry), { recursive: true, force: true })
}

function run(program, ...args) {
  const { status, error, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}\n${error?.message ?? stderr}`)
}

function fail(text) {
  say(text)
  process.exit(1)
}
