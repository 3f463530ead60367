import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const version = '1.15.2'
const folder = new URL('../../.cache/bench/portkey/', import.meta.url).pathname
const entry = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js')

/**
 * The program of Portkey's gateway, installed on first use into .cache; undefined when npm cannot. Its server
 * adapter is held at the last version with which its streams work.
 */
export function installPortkey(): string | undefined {
  if (existsSync(entry)) return entry
  mkdirSync(folder, { recursive: true })
  const manifest = {
    name: 'portkey-bench',
    private: true,
    dependencies: { '@portkey-ai/gateway': version },
    overrides: { '@hono/node-server': '1.13.5' },
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  process.stderr.write(`Installing @portkey-ai/gateway ${version} into ${folder} …\n`)
  spawnSync('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder, stdio: ['ignore', 2, 2] })
  return existsSync(entry) ? entry : undefined
}

export const portkeyVersion = version
