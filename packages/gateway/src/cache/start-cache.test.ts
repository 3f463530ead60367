import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { exampleAnswer, exampleKey } from '../testing/example-answer.ts'
import { until } from '../testing/start-test-gateway.ts'
import { startCache, type RunningCache } from './start-cache.ts'

let dataFolder: string
let running: RunningCache[] = []
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'ratchet-caches-'))
  running = []
})
afterEach(async () => {
  await Promise.all(running.map(({ stop }) => stop()))
  rmSync(dataFolder, { recursive: true, force: true })
})

const hour = 3_600_000
const start = async (instance: string) => {
  const started = await startCache({
    control: { socketPath: join(dataFolder, 'nobody.sock') },
    internalToken: 'token',
    instance,
    dataFolder,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    adoptEveryMs: 20,
  })
  running.push(started)
  return started
}
const stop = async (one: RunningCache) => {
  running = running.filter((each) => each !== one)
  await one.stop()
}
const keep = ({ cache }: RunningCache, index: number, text: string) =>
  cache.keep(exampleKey(index), { ...exampleAnswer(), body: Buffer.from(text) }, { ttlMs: hour })
const textOf = async ({ cache }: RunningCache, index: number) => {
  const found = cache.find(exampleKey(index), hour)
  const answer = found === 'on-disk' ? await cache.load(exampleKey(index), hour) : found
  return answer?.body.toString()
}
const diskAnswers = ({ cache }: RunningCache) => cache.describe().disk?.answers

test('who starts while its predecessor still drains takes over its answers when it is gone', async () => {
  const old = await start('old')
  keep(old, 1, 'one')
  keep(old, 2, 'old two')
  const next = await start('next')
  expect(await textOf(next, 1)).toBeUndefined()
  await new Promise((resolve) => setTimeout(resolve, 5))
  keep(next, 2, 'new two')
  await next.cache.flush()
  await stop(old)
  await until(async () => (await textOf(next, 1)) === 'one' || undefined)
  await expect.poll(() => diskAnswers(next)).toBe(2)
  expect(await textOf(next, 2)).toBe('new two')
  await until(async () => readdirSync(join(dataFolder, 'cache/answers/1')).length === 0 || undefined)
  await stop(next)
  const third = await start('third')
  // File after file: each answer comes when its file is read.
  await expect.poll(() => textOf(third, 2)).toBe('new two')
  await expect.poll(() => textOf(third, 1)).toBe('one')
})

test('what is forgotten stays forgotten when answers of another process are taken over', async () => {
  const old = await start('old')
  keep(old, 1, 'one')
  await old.cache.flush()
  const next = await start('next')
  const forget = { project: 'project-1', beforeMs: Date.now() + 1 }
  next.useSnapshot({ cacheForgets: [forget], cacheForgetsSinceMs: 0, madeAtMs: Date.now() })
  await stop(old)
  await until(async () => readdirSync(join(dataFolder, 'cache/answers/1')).length === 0 || undefined)
  await until(async () => diskAnswers(next) === 0 || undefined)
  expect(await textOf(next, 1)).toBeUndefined()
})

test('a process that is killed leaves its answers to the next one', async () => {
  const first = await start('first')
  keep(first, 1, 'one')
  await first.cache.flush()
  // As if it had been killed: nobody lets go of the folder, whose owner is not alive.
  await first.cache.close()
  writeFileSync(join(dataFolder, 'cache/answers/1/owner.json'), '{"pid":1073741824,"processStart":""}')
  const next = await start('next')
  expect(await textOf(next, 1)).toBe('one')
})
