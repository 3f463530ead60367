import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
// The scripts are plain JavaScript for any Node and have no types of their own.
const load = (name: string): Promise<any> => import(new URL(name, import.meta.url).href)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-scripts-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a Node below 20 is told which one is needed and where to get it', async () => {
  const { explainNode } = await load('./bootstrap.mjs')
  expect(explainNode('18.20.4')).toContain('needs Node 20 or newer to start; this is Node 18.20.4')
  expect(explainNode('18.20.4')).toContain('https://nodejs.org')
  expect(explainNode('20.0.0')).toBeUndefined()
  expect(explainNode('26.10.0')).toBeUndefined()
})

test('results count failed tests, files that do not load, and a runner that was killed', async () => {
  const { readCounts } = await load('./count-results.mjs')
  const path = join(folder, 'report.json')
  const testResults = [
    { status: 'passed', assertionResults: [{ status: 'passed' }] },
    { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] },
    { status: 'failed', assertionResults: [] },
  ]
  writeFileSync(path, JSON.stringify({ numPassedTests: 2, numFailedTests: 1, testResults }))
  expect(readCounts(path)).toEqual({ passed: 2, failed: 2 })
  expect(readCounts(join(folder, 'none.json'))).toEqual({ passed: 0, failed: 0 })
})

test('the launcher runs the command and passes its exit code on', () => {
  const launch = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, 'packages/cli/bin/ratchet.mjs'), ...args], {
      encoding: 'utf8',
      cwd: folder,
    })
  expect(launch('--version')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  expect(launch('upp')).toMatchObject({ status: 2, stderr: expect.stringContaining('Did you mean up?') })
})

test('npm start’s script leaves stdout to the command', () => {
  const args = [join(root, 'scripts/run.mjs'), 'init', 'my-app', '--json']
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: folder })
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ app: 'my-app', template: 'chat' })
})

test('the lockfile has the optional packages of every platform, so that npm ci accepts it everywhere', async () => {
  const { missingEntries } = await load('./complete-lockfile.mjs')
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  expect(missingEntries(packages), 'run: node scripts/complete-lockfile.mjs').toEqual({})
})

test('an optional package that the lockfile lacks is added with its pin and its platform', async () => {
  const { missingEntries } = await load('./complete-lockfile.mjs')
  const tool = {
    version: '1.2.3',
    dev: true,
    license: 'MIT',
    optionalDependencies: {
      '@tool/linux-x64-gnu': '1.2.3',
      '@tool/linux-arm-musleabihf': '1.2.3',
      '@tool/win32-arm64-msvc': '1.2.3',
      '@tool/wasm32-wasi': '1.2.3',
    },
  }
  const packages = {
    '': { optionalDependencies: {} },
    'node_modules/a/node_modules/tool': tool,
    'node_modules/@tool/linux-x64-gnu': { version: '1.2.3' },
  }
  const entry = { version: '1.2.3', dev: true, license: 'MIT', optional: true }
  expect(missingEntries(packages)).toEqual({
    'node_modules/@tool/linux-arm-musleabihf': { ...entry, os: ['linux'], cpu: ['arm'] },
    'node_modules/@tool/win32-arm64-msvc': { ...entry, os: ['win32'], cpu: ['arm64'] },
    'node_modules/@tool/wasm32-wasi': { ...entry, cpu: ['wasm32'] },
  })
  const loose = { 'node_modules/b': { optionalDependencies: { '@tool/darwin-x64': '^1.0.0' } } }
  expect(() => missingEntries(loose)).toThrow('@tool/darwin-x64@^1.0.0, which is no pin')
  const unnamed = { 'node_modules/b': { optionalDependencies: { fsevents: '2.3.3' } } }
  expect(() => missingEntries(unnamed)).toThrow('fsevents does not say for which platform')
})
