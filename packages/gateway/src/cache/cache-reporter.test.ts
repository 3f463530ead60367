import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cacheReport, type CacheReport } from '@ratchet/contract'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { exampleAnswer, exampleKey } from '../testing/example-answer.ts'
import { openAnswerCache, type AnswerCache } from './answer-cache.ts'
import { CacheReporter, type PostCacheReport } from './cache-reporter.ts'
import { UntoldReports } from './untold-reports.ts'

const project = '00000000-0000-4000-8000-000000000001'
const instance = '01900000-0000-7000-8000-000000000001'

let folder: string
let cache: AnswerCache
let isUp = true
let refuses = false
const taken: CacheReport[] = []
const post: PostCacheReport = (body) => {
  if (!isUp) return Promise.resolve('unavailable')
  taken.push(cacheReport.parse(JSON.parse(body)))
  return Promise.resolve(refuses ? 'refused' : 'taken')
}
const makeReporter = (of = cache) =>
  new CacheReporter({
    cache: of,
    instance,
    post,
    untold: new UntoldReports(folder),
    log: { warn: () => undefined },
  })
const counted = () =>
  taken.flatMap(({ policies }) => policies).reduce((sum, { counts }) => sum + counts.hits, 0)
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

beforeEach(async () => {
  vi.useFakeTimers()
  folder = mkdtempSync(join(tmpdir(), 'ratchet-untold-'))
  cache = await openAnswerCache()
  isUp = true
  refuses = false
  taken.length = 0
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(folder, { recursive: true, force: true })
})

test('nothing is said while nothing happens; what is kept is repeated now and then', async () => {
  const reporter = makeReporter()
  reporter.start()
  await pass(30_000)
  expect(taken).toEqual([])
  cache.keep(exampleKey(1), exampleAnswer({ project, policy: 'answers' }), { ttlMs: 60_000 })
  await pass(2_000)
  await pass(10_000)
  expect(taken).toHaveLength(1)
  expect(taken[0]?.policies).toMatchObject([
    { policy: 'answers', held: { memoryAnswers: 1, diskAnswers: 0 } },
  ])
  await pass(12_000)
  expect(taken).toHaveLength(2)
  await reporter.stop()
})

test('an outage of control delays figures and counts nothing twice', async () => {
  const reporter = makeReporter()
  reporter.start()
  cache.stats.count(project, 'answers', 'hit')
  isUp = false
  await pass(4_000)
  cache.stats.count(project, 'answers', 'hit')
  await pass(4_000)
  isUp = true
  await pass(4_000)
  expect(taken.map(({ sequence }) => sequence)).toEqual([1, 2])
  expect(counted()).toBe(2)
  await reporter.stop()
  expect(counted()).toBe(2)
})

test('what control has not taken at the end is told by the next process, once', async () => {
  const first = makeReporter()
  first.start()
  cache.stats.count(project, 'answers', 'hit')
  isUp = false
  await pass(2_000)
  cache.stats.count(project, 'answers', 'hit')
  await first.stop()
  const next = makeReporter(await openAnswerCache())
  next.start()
  await pass(4_000)
  isUp = true
  await pass(4_000)
  expect(taken.map(({ sequence, isLast }) => [sequence, isLast])).toEqual([
    [1, false],
    [2, true],
  ])
  expect(counted()).toBe(2)
  expect(readdirSync(folder)).toEqual([])
  await next.stop()
})

test('a report that control never takes is left out, and the next ones go on', async () => {
  const reporter = makeReporter()
  reporter.start()
  cache.stats.count(project, 'answers', 'hit')
  refuses = true
  await pass(2_000)
  refuses = false
  cache.stats.count(project, 'answers', 'hit')
  await pass(2_000)
  expect(taken.map(({ policies }) => policies[0]?.counts.hits)).toEqual([1, 1])
  await reporter.stop()
})
