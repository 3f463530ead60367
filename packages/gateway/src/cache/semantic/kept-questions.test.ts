import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { exampleAnswer, exampleKey } from '../../testing/example-answer.ts'
import { openAnswerCache, type AnswerCache, type AnswerCacheOptions } from '../answer-cache.ts'
import { restoreQuestion, storeQuestion } from '../disk/stored-question.ts'

let folder: string
let nowMs = 1_000_000
const hour = 3_600_000
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-questions-'))
  nowMs = 1_000_000
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const openCache = (options: AnswerCacheOptions = {}) =>
  openAnswerCache({ folder, nowMs: () => nowMs, ...options })
const questionOf = (number: number, partition = 'part') => ({
  partition,
  guard: 'guard "3"',
  vector: Float32Array.from({ length: 16 }, (_, place) => Math.sin(number * 7 + place)),
})
const keep = (cache: AnswerCache, number: number, partition?: string, facts = {}) =>
  cache.keep(exampleKey(number), exampleAnswer(facts), {
    ttlMs: hour,
    question: questionOf(number, partition),
  })
const keyOf = (cache: AnswerCache, number: number, partition?: string) =>
  cache.index.find(questionOf(number, partition), 0.999)?.key

test('questions are found by their meaning after a restart, those of forgotten and expired answers are not', async () => {
  const before = await openCache()
  keep(before, 1)
  keep(before, 2, 'part', { project: 'gone' })
  keep(before, 3, 'other')
  await before.flush()
  before.forget({ project: 'gone' })
  await before.close()
  const after = await openCache()
  expect([1, 2].map((number) => keyOf(after, number))).toEqual([exampleKey(1), undefined])
  expect(keyOf(after, 3, 'other')).toBe(exampleKey(3))
  expect(after.index.find({ ...questionOf(1), guard: 'guard "4"' }, 0.5)).toBeUndefined()
  expect((await after.load(exampleKey(1), hour))?.body).toEqual(exampleAnswer().body)
  await after.close()
  nowMs += hour
  const late = await openCache()
  expect(late.describe().index.questions).toBe(0)
  await late.close()
})

test('an index that is read again keeps to its memory: the newest partitions stay', async () => {
  const before = await openCache()
  for (let number = 0; number < 200; number++) keep(before, number, `part ${number}`)
  await before.close()
  const after = await openCache({ maxIndexBytes: 20_000 })
  expect(after.describe().index.bytes).toBeLessThanOrEqual(20_000)
  expect(keyOf(after, 199, 'part 199')).toBe(exampleKey(199))
  expect(keyOf(after, 0, 'part 0')).toBeUndefined()
  await after.close()
})

test('a question whose vector comes later is kept with its answer, unless that is gone', async () => {
  const before = await openCache()
  before.keep(exampleKey(1), exampleAnswer(), { ttlMs: hour })
  before.addQuestion(exampleKey(1), questionOf(1))
  before.addQuestion(exampleKey(2), questionOf(2))
  await before.close()
  const after = await openCache()
  expect(keyOf(after, 1)).toBe(exampleKey(1))
  expect(after.describe().index.questions).toBe(1)
  expect(after.describe().disk?.answers).toBe(1)
  await after.close()
})

test('questions of a process that is gone come with its answers', async () => {
  const before = await openCache({ folder: join(folder, 'before') })
  keep(before, 1)
  await before.close()
  const next = await openCache({ folder: join(folder, 'next') })
  await next.adopt([join(folder, 'before', '000000000001.answers')])
  expect(keyOf(next, 1)).toBe(exampleKey(1))
  await next.close()
})

test('a stored question is the one that was asked, bit by bit', () => {
  const vectors = fc.float32Array({ minLength: 1, maxLength: 4_096, noNaN: true })
  fc.assert(
    fc.property(vectors, fc.string(), (vector, guard) => {
      const stored = storeQuestion({ partition: 'part', guard, vector })
      expect(stored === undefined ? undefined : restoreQuestion(stored)).toEqual({
        partition: 'part',
        guard,
        vector,
      })
    }),
    { numRuns: 50 },
  )
})

test('what is too large for a head, or is no vector, is left out', () => {
  const vector = new Float32Array(20_000).fill(1)
  expect(storeQuestion({ partition: 'part', guard: '', vector })).toBeUndefined()
  expect(restoreQuestion({ partition: 'part', guard: '', vector: '' })).toBeUndefined()
  expect(restoreQuestion({ partition: 'part', guard: '', vector: 'AAA=' })).toBeUndefined()
})
