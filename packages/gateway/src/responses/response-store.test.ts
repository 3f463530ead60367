import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeLog } from '../log.ts'
import { keepMs, ResponseStore } from './response-store.ts'
import type { StoredResponse } from './stored-response.ts'

let folder: string
let nowMs: number
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-responses-'))
  nowMs = Date.now()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (maxBytes?: number) =>
  new ResponseStore({
    folder,
    keyBase64: Buffer.alloc(32, 7).toString('base64'),
    log: makeLog('silent'),
    nowMs: () => nowMs,
    ...(maxBytes === undefined ? {} : { maxBytes }),
  })
const kept = (id: string, text = 'Hello'): StoredResponse => ({
  kind: 'kept',
  id,
  input: [{ type: 'message', content: text }],
  response: { id, output: [] },
})

test('A response is found at once, after a restart, and by its own project only', async () => {
  const store = open()
  store.put('p1', kept('resp_1'))
  expect(await store.get('p1', 'resp_1')).toEqual(kept('resp_1'))
  await store.stop()
  expect(await open().get('p1', 'resp_1')).toEqual(kept('resp_1'))
  expect(await open().get('p2', 'resp_1')).toBeUndefined()
})

test('Ids that look like paths stay in the folder', async () => {
  const store = open()
  store.put('p1', kept('../../escaped'))
  await store.stop()
  expect(readdirSync(folder)).toEqual(['p1'])
  expect(await open().get('p1', '../../escaped')).toEqual(kept('../../escaped'))
})

test('A response is forgotten on request, also while it is written, and after 30 days', async () => {
  const store = open()
  store.put('p1', kept('resp_1'))
  await store.stop()
  const forgetting = store.forget('p1', 'resp_1')
  expect(await store.get('p1', 'resp_1')).toBeUndefined()
  await forgetting
  expect(await store.get('p1', 'resp_1')).toBeUndefined()
  store.put('p1', kept('resp_2'))
  await store.stop()
  nowMs += keepMs + 60_000
  expect(await store.get('p1', 'resp_2')).toBeUndefined()
  await store.sweep()
  expect(readdirSync(join(folder, 'p1'))).toEqual([])
})

test('The oldest are forgotten when there is no room', async () => {
  const store = open(10_000)
  for (let number = 0; number < 30; number++) {
    store.put('p1', kept(`resp_${number}`, 'x'.repeat(1000)))
    await store.stop()
  }
  expect(readdirSync(join(folder, 'p1')).length).toBeLessThan(12)
  expect(await store.get('p1', 'resp_29')).toEqual(kept('resp_29', 'x'.repeat(1000)))
  expect(await store.get('p1', 'resp_0')).toBeUndefined()
})

test('Another key gives nothing, and no error', async () => {
  const store = open()
  store.put('p1', kept('resp_1'))
  await store.stop()
  const other = new ResponseStore({
    folder,
    keyBase64: Buffer.alloc(32, 8).toString('base64'),
    log: makeLog('silent'),
    nowMs: () => nowMs,
  })
  expect(await other.get('p1', 'resp_1')).toBeUndefined()
})
