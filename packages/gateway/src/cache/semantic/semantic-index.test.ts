import { embedText } from '@ratchet/core/retrieval'
import { makeRandom } from '@ratchet/core/statistics'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exampleKey } from '../../testing/example-answer.ts'
import { embedOwn, embedQuestion } from './embed-question.ts'
import { guardOf } from './question-guard.ts'
import { SemanticIndex } from './semantic-index.ts'

const asked = (text: string, partition = 'p') => ({
  partition,
  guard: guardOf(text),
  vector: embedText(text),
})
const makeIndex = (options = {}) => new SemanticIndex({ maxBytes: 10_000_000, ...options })

test('a question in other words finds the answer, one about something else does not', () => {
  const index = makeIndex()
  index.add(asked('How often should I rinse the filter of the pump?'), 'rinse')
  index.add(asked('What does the warranty cover?'), 'warranty')
  const found = index.find(asked('how often should I rinse the filter of the pump'), 0.95)
  expect(found?.key).toBe('rinse')
  expect(found?.similarity).toBeCloseTo(1, 5)
  expect(index.find(asked('How often should the filter of the pump be rinsed?'), 0.7)?.key).toBe('rinse')
  expect(index.find(asked('Where can I buy a new pump?'), 0.7)).toBeUndefined()
})

test('a number, a name or a "not" keeps questions apart, however alike their vectors are', () => {
  const index = makeIndex()
  index.add(asked('What did Apple earn in the year 2023?'), 'apple-2023')
  for (const other of [
    'What did Apple earn in the year 2024?',
    'What did Google earn in the year 2023?',
    'What did Apple not earn in the year 2023?',
  ]) {
    expect(index.find(asked(other), 0.5)).toBeUndefined()
  }
  expect(index.find(asked('What has Apple earned in the year 2023?'), 0.5)?.key).toBe('apple-2023')
})

test('questions of another partition are never found', () => {
  const index = makeIndex()
  index.add(asked('Rinse the filter?', 'tenant a'), 'a')
  expect(index.find(asked('Rinse the filter?', 'tenant b'), 0.5)).toBeUndefined()
})

test('of several the best is found, by looking at all of them', () => {
  const anyVector = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 })
  fc.assert(
    fc.property(fc.array(anyVector, { minLength: 1, maxLength: 30 }), anyVector, (vectors, query) => {
      const index = makeIndex()
      const cosine = (a: readonly number[], b: readonly number[]) => {
        const dot = a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0)
        return dot / (Math.hypot(...a) * Math.hypot(...b))
      }
      const question = (vector: readonly number[]) => ({
        partition: 'p',
        guard: '',
        vector: Float32Array.from(vector),
      })
      for (const [at, vector] of vectors.entries()) index.add(question(vector), exampleKey(at))
      const best = Math.max(
        ...vectors.map((vector) => cosine(vector, query)).filter((value) => !Number.isNaN(value)),
        -2,
      )
      fc.pre(best >= 0.5)
      expect(index.find(question(query), 0.4)?.similarity).toBeCloseTo(best, 3)
    }),
  )
})

test('a partition keeps its newest questions, and all together keep to their memory', () => {
  const random = makeRandom(1)
  const vector = () => Float32Array.from({ length: 8 }, () => random() - 0.5)
  const index = makeIndex({ maxQuestions: 10, maxBytes: 20_000 })
  const vectors = Array.from({ length: 25 }, vector)
  for (const [at, one] of vectors.entries())
    index.add({ partition: 'p', guard: '', vector: one }, exampleKey(at))
  const isFound = (at: number) =>
    index.find({ partition: 'p', guard: '', vector: vectors[at] ?? vector() }, 0.9999)?.key === exampleKey(at)
  expect(index.describe()).toMatchObject({ partitions: 1, questions: 10 })
  expect([14, 15, 24].map(isFound)).toEqual([false, true, true])
  for (let at = 0; at < 500; at++)
    index.add({ partition: `q${at}`, guard: '', vector: vector() }, exampleKey(at))
  const { bytes, partitions } = index.describe()
  expect(bytes).toBeLessThanOrEqual(20_000)
  expect(partitions).toBeGreaterThan(10)
  expect(isFound(24)).toBe(false)
})

test('a question asked again takes its old place', () => {
  const index = makeIndex()
  for (let count = 0; count < 5; count++) index.add(asked('Rinse the filter?'), 'same')
  expect(index.describe().questions).toBe(1)
})

test('forgotten answers are found no more, and their memory is given back', () => {
  const index = makeIndex()
  index.add(asked('Rinse the filter?'), 'a')
  index.add(asked('Rinse the filter?', 'q'), 'b')
  index.drop('p', 'a')
  expect(index.find(asked('Rinse the filter?'), 0.5)).toBeUndefined()
  index.forget(new Set(['a', 'b']))
  expect(index.describe()).toEqual({ partitions: 0, questions: 0, bytes: 0 })
})

test('vectors that say nothing, or come from another model, find nothing and break nothing', () => {
  const index = makeIndex()
  index.add({ partition: 'p', guard: '', vector: new Float32Array(3) }, 'zero')
  index.add({ partition: 'p', guard: '', vector: Float32Array.of(1, Number.NaN, 0) }, 'nan')
  expect(index.describe().questions).toBe(0)
  index.add({ partition: 'p', guard: '', vector: Float32Array.of(1, 0, 0) }, 'three')
  expect(index.find({ partition: 'p', guard: '', vector: Float32Array.of(1, 0) }, 0.5)).toBeUndefined()
  index.add({ partition: 'p', guard: '', vector: Float32Array.of(1, 0) }, 'two')
  expect(index.find({ partition: 'p', guard: '', vector: Float32Array.of(5, 0) }, 0.5)?.key).toBe('two')
  expect(index.describe().questions).toBe(1)
})

test('our own model embeds at once, others are asked, and one that fails is as if nobody had asked before', async () => {
  const own = embedOwn({ model: 'offline/embedding', text: 'Rinse the filter' })
  expect(own).toEqual(embedText('Rinse the filter'))
  const { signal } = new AbortController()
  const question = { model: 'openai/text-embedding-3-small', text: 'Rinse' }
  const ask = (answer: () => Promise<number[] | undefined>) =>
    embedQuestion(
      question,
      (model, text) => {
        expect([model, text]).toEqual([question.model, question.text])
        return answer()
      },
      signal,
    )
  expect(await ask(() => Promise.resolve([0.5, 0.25]))).toEqual(Float32Array.of(0.5, 0.25))
  expect(await ask(() => Promise.reject(new Error('down')))).toBeUndefined()
  expect(await ask(() => Promise.resolve(undefined))).toBeUndefined()
})
