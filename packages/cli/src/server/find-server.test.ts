import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findDataFolder, findServer } from './find-server.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-find-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function record(pid: number): string {
  const data = join(folder, '.ratchet')
  mkdirSync(join(data, 'run'), { recursive: true })
  const control = { pid, url: 'http://127.0.0.1:1', gatewayUrl: 'http://127.0.0.1:2', internalSocket: '/x' }
  writeFileSync(join(data, 'run', 'control.json'), JSON.stringify(control))
  writeFileSync(join(data, 'run', 'cli.key'), 'rk_local_0123456789abcdef\n')
  return data
}

test('the data folder is the one given, else the nearest above, else here', () => {
  const data = record(process.pid)
  const deep = join(folder, 'apps', 'one')
  mkdirSync(deep, { recursive: true })
  expect(findDataFolder(deep, {})).toBe(data)
  expect(findDataFolder(deep, { RATCHET_DATA: 'mine' })).toBe(join(deep, 'mine'))
  expect(findDataFolder(deep, { RATCHET_DATA: 'mine' }, '../other')).toBe(join(folder, 'apps', 'other'))
})

test('a running server is found with the local key, a dead one is not', () => {
  const data = record(process.pid)
  expect(findServer({}, data)).toEqual({
    pid: process.pid,
    url: 'http://127.0.0.1:1',
    gatewayUrl: 'http://127.0.0.1:2',
    key: 'rk_local_0123456789abcdef',
  })
  // Linux pids end at 4,194,304; nobody has this one.
  record(4_999_999)
  expect(findServer({}, data)).toBeUndefined()
  writeFileSync(join(data, 'run', 'control.json'), '{"pid":')
  expect(findServer({}, data)).toBeUndefined()
})

test('RATCHET_URL and RATCHET_KEY come before any local server', () => {
  const data = record(process.pid)
  const environment = { RATCHET_URL: 'https://ratchet.example/', RATCHET_KEY: 'rk_far_0123456789abcdef' }
  expect(findServer(environment, data)).toEqual({
    url: 'https://ratchet.example',
    key: 'rk_far_0123456789abcdef',
  })
})
