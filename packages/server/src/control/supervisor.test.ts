import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '#platform/log.ts'
import { isAlive, readLogTail } from './child-process.ts'
import { SupervisedChild } from './supervisor.ts'

let folder: string
let children: SupervisedChild[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-supervisor-'))
  children = []
})
afterEach(async () => {
  await Promise.all(children.map((child) => child.stop()))
  rmSync(folder, { recursive: true, force: true })
})

/** A child that runs a program and serves when `isReady` says so. */
function supervise(program: string, isReady: () => boolean, readyTimeoutMs?: number): SupervisedChild {
  const entry = join(folder, 'child.mjs')
  writeFileSync(entry, program)
  const spec = { name: 'runner', entry, env: {}, isReady: () => Promise.resolve(isReady()) }
  const parts = { dataFolder: folder, log: silentLog, clock: { now: Date.now } }
  const child = new SupervisedChild(spec, readyTimeoutMs === undefined ? parts : { ...parts, readyTimeoutMs })
  children.push(child)
  return child
}

const forever = 'setInterval(() => {}, 1_000)'

test('a child has as long as the deadline says, whatever the engines take to open', async () => {
  let isReady = false
  const patience = new AbortController()
  const child = supervise(forever, () => isReady, 1)
  const starting = child.start(patience.signal)
  await expect.poll(() => child.status().pid).toBeGreaterThan(0)
  expect(child.status().state).toBe('starting')
  isReady = true
  await starting
  expect(child.status().state).toBe('ready')
})

test('a child that does not serve by the deadline is ended, and its last words are told', async () => {
  const patience = new AbortController()
  const child = supervise(`console.log('waiting for godot'); ${forever}`, () => {
    if (readLogTail(folder, 'runner') !== '') patience.abort()
    return false
  })
  await expect(child.start(patience.signal)).rejects.toMatchObject({
    code: 'unavailable',
    message: 'The runner did not start: waiting for godot',
  })
  const { pid = 0 } = child.status()
  await expect.poll(() => isAlive(pid)).toBe(false)
})

test('a child that ends before it serves is told at once', async () => {
  const child = supervise("console.log('no such file'); process.exit(3)", () => false)
  await expect(child.start(new AbortController().signal)).rejects.toMatchObject({
    message: 'The runner did not start: no such file',
    details: { process: 'runner', exitCode: 3 },
  })
})

test('a child that dies is started again', async () => {
  const child = supervise(forever, () => true)
  await child.start(new AbortController().signal)
  const { pid = 0 } = child.status()
  process.kill(pid, 'SIGKILL')
  await expect.poll(() => child.status()).toMatchObject({ state: 'ready', restarts: 1 })
  expect(child.status().pid).not.toBe(pid)
})
