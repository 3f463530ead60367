import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The workspace folder. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '')
/** Node 26 as the `node` package installs it; the Node that runs this script may be older. */
export const pinnedNode = join(root, 'node_modules', '.bin', 'node')

const binFolder = join(root, 'node_modules', '.bin')
const stampFile = join(root, 'node_modules', '.ratchet-installed')
const lockFile = join(root, 'package-lock.json')

/**
 * Makes a clean clone ready to run: checks this Node, installs dependencies when they are missing or
 * older than the lockfile, and makes sure that the pinned Node is there. Says what it does on stderr,
 * so that stdout stays the command's own. Ends the process with a message when it cannot.
 */
export function bootstrap() {
  checkOwnNode()
  if (!isInstalled()) install()
  checkPinnedNode()
}

/** Environment for child processes: the workspace's programs come first on the path. */
export function childEnvironment(extra = {}) {
  return { ...process.env, PATH: `${binFolder}${delimiter}${process.env.PATH ?? ''}`, ...extra }
}

/** Says something about the set-up without touching stdout. */
export function say(text) {
  process.stderr.write(`${text}\n`)
}

function fail(text) {
  say(`\n${text}`)
  process.exit(1)
}

function checkOwnNode() {
  const problem = explainNode(process.versions.node)
  if (problem) fail(problem)
}

/** What to tell a person whose Node is too old to start Ratchet; undefined when it is fine. */
export function explainNode(version) {
  if (Number(version.split('.')[0]) >= 20) return undefined
  return (
    `Ratchet needs Node 20 or newer to start; this is Node ${version}.\n` +
    'Install a current one from https://nodejs.org, then run this command again.'
  )
}

function lockDigest() {
  return createHash('sha256').update(readFileSync(lockFile)).digest('hex')
}

function isInstalled() {
  if (existsSync(stampFile)) return readFileSync(stampFile, 'utf8') === lockDigest()
  // `npm install` by hand leaves no stamp: npm's own copy of the lockfile tells when it ran.
  const ownLock = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(ownLock) || statSync(ownLock).mtimeMs < statSync(lockFile).mtimeMs) return false
  writeFileSync(stampFile, lockDigest())
  return true
}

function install() {
  const lockFolder = join(root, '.cache', 'installing')
  takeLock(lockFolder)
  try {
    if (isInstalled()) return
    const isFresh = !existsSync(join(root, 'node_modules'))
    say(isFresh ? 'Installing dependencies: about a minute the first time …' : 'Updating dependencies …')
    // Into an installed tree, `npm install` changes only what differs; `npm ci` would first delete everything.
    const first = isFresh ? runNpm('ci') : runNpm('install', '--no-save')
    // A lockfile that lacks some platform's optional packages (complete-lockfile.mjs adds them) makes `npm ci` refuse
    // on every platform; `npm install` takes the same pins from it and leaves those out.
    const final = isFresh && first.code !== 0 ? runNpm('install', '--no-save') : first
    if (final.code !== 0) {
      say(final.text)
      fail(
        'The dependencies could not be installed. The messages above say why; ' +
          'often it is the network or a proxy (npm config get registry).',
      )
    }
    writeFileSync(stampFile, lockDigest())
  } finally {
    rmSync(lockFolder, { recursive: true, force: true })
  }
}

/** Waits for its turn to install, since two commands must not do so into the same folder at once; delete the folder after. */
export function takeLock(folder) {
  mkdirSync(join(root, '.cache'), { recursive: true })
  const deadline = Date.now() + 10 * 60_000
  let hasSaid = false
  for (;;) {
    try {
      mkdirSync(folder)
      writeFileSync(join(folder, 'pid'), String(process.pid))
      return
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (!isHeld(folder)) rmSync(folder, { recursive: true, force: true })
    else if (Date.now() > deadline)
      fail(`Another command has been installing for ten minutes; delete ${folder} if it is gone.`)
    else {
      if (!hasSaid) say('Waiting for another command to finish installing …')
      hasSaid = true
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
    }
  }
}

function isHeld(folder) {
  try {
    process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 0)
    return true
  } catch (error) {
    // No pid yet means that its holder is between two calls; give it a moment by age.
    if (error.code === 'ENOENT') return existsSync(folder) && Date.now() - statSync(folder).mtimeMs < 2_000
    return error.code === 'EPERM'
  }
}

function runNpm(...args) {
  const [program, first] = npmCommand()
  const { status, error, stdout, stderr } = spawnSync(
    program,
    // A parent's --silent would silence the reason of a failure, too.
    [...first, ...args, '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      env: { ...process.env, NODE_ENV: 'development' },
    },
  )
  return { code: status ?? 1, text: error ? error.message : `${stdout}${stderr}` }
}

function npmCommand() {
  const path = process.env.npm_execpath
  if (path?.endsWith('npm-cli.js') && existsSync(path)) return [process.execPath, [path]]
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm', []]
}

function checkPinnedNode() {
  const wanted = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies.node
  const major = wanted.split('.')[0]
  if (pinnedVersion()?.startsWith(`v${major}.`)) return
  say(`Node ${major} is not in node_modules yet; running the install script of the "node" package …`)
  const folder = join(root, 'node_modules', 'node')
  if (existsSync(join(folder, 'installArchSpecificPackage.js'))) {
    spawnSync(process.execPath, ['installArchSpecificPackage'], { cwd: folder, stdio: ['ignore', 2, 2] })
    linkPinnedNode(join(folder, 'bin', 'node'))
  }
  const found = pinnedVersion()
  if (found?.startsWith(`v${major}.`)) return
  fail(
    `Ratchet runs on Node ${major}, pinned as the npm package node@${wanted}, but ${pinnedNode} ` +
      `${found ? `is ${found}` : 'does not run'}.\n` +
      'Install scripts are probably switched off (npm config get ignore-scripts). Run:\n' +
      '  npm ci --ignore-scripts=false',
  )
}

// npm links only programs that exist when it runs, and this one came later.
function linkPinnedNode(target) {
  if (existsSync(target) && !existsSync(pinnedNode)) symlinkSync(target, pinnedNode)
}

function pinnedVersion() {
  const { status, stdout } = spawnSync(pinnedNode, ['--version'], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}
