import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pinnedNode, root, say } from './bootstrap.mjs'
import { runStep } from './run-child.mjs'

const consoleFolder = join(root, 'packages', 'console')
const stampFile = join(root, '.cache', 'console-built')

/** Builds the console into packages/console/dist when a source is newer than the last build; false when that fails. */
export function buildConsole({ isForced = false } = {}) {
  if (!isForced && isFresh()) return true
  say('Building the console …')
  const startedAt = new Date()
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const code = runStep(pinnedNode, [vite, 'build', '--logLevel', 'warn'], {
    cwd: consoleFolder,
    stdio: ['ignore', 2, 2],
  })
  if (code !== 0) return false
  mkdirSync(join(root, '.cache'), { recursive: true })
  writeFileSync(stampFile, startedAt.toISOString())
  return true
}

function isFresh() {
  if (!existsSync(stampFile) || !existsSync(join(consoleFolder, 'dist', 'index.html'))) return false
  const builtAtMs = statSync(stampFile).mtimeMs
  const sources = ['src', 'public', 'index.html', 'vite.config.ts', 'package.json'].map((name) =>
    join(consoleFolder, name),
  )
  const shared = ['contract', 'sdk'].map((name) => join(root, 'packages', name, 'src'))
  return [...sources, ...shared, join(root, 'package-lock.json')].every((path) => newestMs(path) <= builtAtMs)
}

function newestMs(path) {
  if (!existsSync(path)) return 0
  const found = statSync(path)
  if (!found.isDirectory()) return found.mtimeMs
  return readdirSync(path).reduce(
    (newest, name) => Math.max(newest, newestMs(join(path, name))),
    found.mtimeMs,
  )
}
