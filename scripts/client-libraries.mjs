// The libraries that tests call the gateway with, too large for dependencies of everybody who works on this.
// `node scripts/client-libraries.mjs` installs all of them, `… python-litellm` those of one environment and prints
// its folder. An environment is kept in .cache until its list of packages changes.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, say, takeLock } from './bootstrap.mjs'

const cache = join(root, '.cache')
/** LiteLLM wants another version of OpenAI's library than the others. */
const environments = {
  'python-clients': {
    install: installPython,
    packages: ['openai==3.54.0', 'anthropic==2.12.0', 'langchain-openai==1.7.3'],
  },
  'python-litellm': { install: installPython, packages: ['litellm==1.105.3', 'openai==2.54.0'] },
  'langchain-js': {
    install: installNode,
    packages: ['@langchain/anthropic@1.5.11', '@langchain/core@1.4.0', '@langchain/openai@1.6.0'],
  },
}

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(environments)
for (const name of names) process.stdout.write(`${folderOf(name)}\n`)

/** The folder of an environment, which is installed when it is not there; throws when that fails. */
function folderOf(name) {
  const environment = environments[name]
  if (!environment) {
    say(`No environment "${name}"; there are: ${Object.keys(environments).join(', ')}`)
    process.exit(1)
  }
  const { install, packages } = environment
  const digest = createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 12)
  const folder = join(cache, `${name}-${digest}`)
  const stamp = join(folder, 'installed')
  if (existsSync(stamp)) return folder
  const lockFolder = join(cache, `installing-${name}`)
  takeLock(lockFolder)
  try {
    if (existsSync(stamp)) return folder
    removeOthers(name)
    mkdirSync(folder)
    install(folder, packages)
    writeFileSync(stamp, '')
  } finally {
    rmSync(lockFolder, { recursive: true, force: true })
  }
  return folder
}

/** Those of other lists of packages, and what an interrupted installation left. */
function removeOthers(name) {
  for (const entry of readdirSync(cache))
    if (entry.startsWith(`${name}-`)) rmSync(join(cache, entry), { recursive: true, force: true })
}

function installPython(folder, packages) {
  run('python3', ['-m', 'venv', folder])
  const python = join(folder, 'bin', 'python')
  // What is imported is compiled then: a small part of what these packages bring.
  run(python, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '--no-compile', ...packages])
}

function installNode(folder, packages) {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }))
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages], folder)
}

function run(program, args, cwd = root) {
  const { status, error, stderr } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}\n${error?.message ?? stderr}`)
}
