import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { exampleAnswer, exampleKey } from '../testing/example-answer.ts'
import { openAnswerCache, type AnswerCache, type AnswerCacheOptions } from './answer-cache.ts'
import { wantsCheck } from './cache-stats.ts'

let folder: string
let nowMs = 1_000_000
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-cache-'))
  nowMs = 1_000_000
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const openCache = (options: AnswerCacheOptions = {}) =>
  openAnswerCache({ folder, nowMs: () => nowMs, ...options })
const hour = 3_600_000
const keep = (cache: AnswerCache, index: number, text: string, facts = {}) =>
  cache.keep(exampleKey(index), { ...exampleAnswer(facts), body: Buffer.from(text) }, { ttlMs: hour })
const textOf = (found: ReturnType<AnswerCache['find']>) =>
  found === 'on-disk' || found === undefined ? found : found.body.toString()

test('an answer is found until it is too old, for the policy or for the client', async () => {
  const cache = await openCache()
  keep(cache, 1, 'hello')
  nowMs += 60_000
  expect(textOf(cache.find(exampleKey(1), hour))).toBe('hello')
  expect(cache.find(exampleKey(1), 60_000)).toBeUndefined()
  expect(textOf(cache.find(exampleKey(1), 60_001))).toBe('hello')
  nowMs += hour
  expect(cache.find(exampleKey(1), 9 * hour)).toBeUndefined()
  expect(await cache.load(exampleKey(1), 9 * hour)).toBeUndefined()
  await cache.close()
})

test('what memory has no room for comes from disk, and is in memory after that', async () => {
  const cache = await openCache({ maxMemoryBytes: 3_000 })
  for (const index of [1, 2, 3, 4, 5]) keep(cache, index, `answer ${index}`)
  await cache.flush()
  expect(cache.find(exampleKey(1), hour)).toBe('on-disk')
  expect((await cache.load(exampleKey(1), hour))?.body.toString()).toBe('answer 1')
  expect(textOf(cache.find(exampleKey(1), hour))).toBe('answer 1')
  const { memory, disk } = cache.describe()
  expect(memory.bytes).toBeLessThanOrEqual(3_000)
  expect(memory.evictions).toBeGreaterThan(0)
  expect(disk?.answers).toBe(5)
  await cache.close()
})

test('a restart finds what was kept, and not what was forgotten', async () => {
  const before = await openCache()
  keep(before, 1, 'one', { project: 'a' })
  keep(before, 2, 'two', { project: 'b' })
  await before.flush()
  expect(before.forget({ project: 'a' })).toBe(1)
  expect(before.find(exampleKey(1), hour)).toBeUndefined()
  await before.close()
  const after = await openCache()
  expect([after.find(exampleKey(1), hour), after.find(exampleKey(2), hour)]).toEqual([undefined, 'on-disk'])
  expect(await after.load(exampleKey(1), hour)).toBeUndefined()
  expect((await after.load(exampleKey(2), hour))?.body.toString()).toBe('two')
  await after.close()
})

test('the same forgetting again spares what was kept since', async () => {
  const cache = await openCache()
  keep(cache, 1, 'old')
  nowMs += 1_000
  const filter = { project: 'project-1', createdBeforeMs: nowMs }
  expect(cache.forget(filter)).toBe(1)
  keep(cache, 1, 'new')
  expect(cache.forget(filter)).toBe(0)
  expect(textOf(cache.find(exampleKey(1), hour))).toBe('new')
  await cache.close()
})

test('an answer that is too large is not kept, and what is kept does not share the memory it came in', async () => {
  const cache = await openCache({ maxAnswerBytes: 100 })
  expect(keep(cache, 1, 'x'.repeat(101))).toBe(false)
  const chunk = Buffer.from('....hello....')
  cache.keep(exampleKey(2), { ...exampleAnswer(), body: chunk.subarray(4, 9) }, { ttlMs: hour })
  chunk.fill('!')
  expect(textOf(cache.find(exampleKey(2), hour))).toBe('hello')
  await cache.close()
})

test('without a folder, or with one that cannot be used, memory alone serves', async () => {
  const alone = await openAnswerCache()
  writeFileSync(join(folder, 'file'), '')
  const broken = await openCache({ folder: join(folder, 'file', 'inside') })
  for (const cache of [alone, broken]) {
    cache.keep(exampleKey(1), exampleAnswer(), { ttlMs: hour })
    expect(cache.find(exampleKey(1), hour)).toBeDefined()
    await cache.flush()
    await cache.close()
  }
  expect(alone.describe().disk).toBeUndefined()
  expect(broken.describe().disk).toMatchObject({ answers: 0, dropped: 1 })
})

test('figures tell hits, what they saved, and how far checked answers agree', async () => {
  const { stats } = await openAnswerCache()
  const { facts } = exampleAnswer({ costNano: 5_000, latencyMs: 800 })
  for (const outcome of ['hit', 'semantic-hit', 'miss', 'bypass', 'hit'] as const) {
    stats.count('project-1', 'answers', outcome)
  }
  stats.countSaved(facts)
  stats.countSaved({ ...facts, costKnown: false })
  const same = stats.recordCheck('project-1', 'answers', {
    kept: 'Rinse it monthly.',
    fresh: 'Rinse it monthly',
  })
  const other = stats.recordCheck('project-1', 'answers', {
    kept: 'Rinse it monthly.',
    fresh: 'Call support',
  })
  expect([same, other]).toEqual([1, 0])
  expect(stats.list()).toEqual([
    {
      project: 'project-1',
      policy: 'answers',
      hits: 2,
      semanticHits: 1,
      misses: 1,
      bypasses: 1,
      savedNano: 5_000,
      savedMs: 1_600,
      checks: 2,
      agreement: 1,
      disagreements: 1,
    },
  ])
})

test('the share of hits that is checked follows chance, all and none included', () => {
  expect([wantsCheck(0.02, 0.019), wantsCheck(0.02, 0.02), wantsCheck(0, 0), wantsCheck(1, 0.999)]).toEqual([
    true,
    false,
    false,
    true,
  ])
})
