import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exampleAnswer, exampleKey } from '../testing/example-answer.ts'
import { MemoryAnswers } from './memory-answers.ts'

const sizeOf = (bytes: number) => 700 + 128 + bytes

test('the answer that was not used for longest goes first', () => {
  const memory = new MemoryAnswers(3 * sizeOf(100))
  for (const index of [1, 2, 3]) memory.set(exampleKey(index), exampleAnswer({}, 100))
  memory.get(exampleKey(1))
  memory.set(exampleKey(4), exampleAnswer({}, 100))
  expect([1, 2, 3, 4].map((index) => memory.get(exampleKey(index)) !== undefined)).toEqual([
    true,
    false,
    true,
    true,
  ])
  expect(memory.evictions).toBe(1)
})

test('an answer larger than the limit pushes nothing out', () => {
  const memory = new MemoryAnswers(2 * sizeOf(100))
  memory.set(exampleKey(1), exampleAnswer({}, 100))
  memory.set(exampleKey(2), exampleAnswer({}, 10_000))
  expect([memory.size, memory.evictions]).toEqual([1, 0])
})

test('answers are forgotten by project, policy, model, start of the key and age, and by all of them together', () => {
  const memory = new MemoryAnswers(1e6)
  const facts = [
    { project: 'a', policy: 'x', model: 'm/1', createdAtMs: 1 },
    { project: 'a', policy: 'y', model: 'm/2', createdAtMs: 2 },
    { project: 'b', policy: 'x', model: 'm/1', createdAtMs: 3 },
  ]
  const fill = () => {
    for (const [index, some] of facts.entries()) memory.set(exampleKey(index), exampleAnswer(some))
  }
  const forgotten = (filter: Parameters<MemoryAnswers['forget']>[0]) => {
    fill()
    return memory.forget(filter).map((key) => [0, 1, 2].findIndex((index) => exampleKey(index) === key))
  }
  expect(forgotten({ project: 'a' })).toEqual([0, 1])
  expect(forgotten({ policy: 'x' })).toEqual([0, 2])
  expect(forgotten({ model: 'm/2' })).toEqual([1])
  expect(forgotten({ keyPrefix: exampleKey(2).slice(0, 12) })).toEqual([2])
  expect(forgotten({ createdBeforeMs: 2 })).toEqual([0])
  expect(forgotten({ project: 'a', policy: 'x' })).toEqual([0])
  expect(forgotten({})).toEqual([0, 1, 2])
  expect([memory.size, memory.bytes]).toEqual([0, 0])
})

type Step = { readonly kind: 'set' | 'get' | 'delete'; readonly key: number; readonly bytes: number }
const anyStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('set', 'get', 'delete'),
  key: fc.nat(8),
  bytes: fc.nat(1_500),
})

test('it holds what a plain list in order of use would hold, and never more bytes than it may', () => {
  const maxBytes = 4_000
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 80 }), (steps) => {
      const memory = new MemoryAnswers(maxBytes)
      let model: { key: number; bytes: number }[] = []
      for (const { kind, key, bytes } of steps) {
        const known = model.find((each) => each.key === key)
        const got = kind === 'get' ? memory.get(exampleKey(key)) : undefined
        expect(got?.body.length).toBe(kind === 'get' ? known?.bytes : undefined)
        if (kind === 'get' && known !== undefined) model = [...model.filter((each) => each !== known), known]
        if (kind !== 'get') model = model.filter((each) => each !== known)
        if (kind === 'delete') memory.delete(exampleKey(key))
        if (kind === 'set') memory.set(exampleKey(key), exampleAnswer({}, bytes))
        if (kind === 'set' && sizeOf(bytes) <= maxBytes) model.push({ key, bytes })
        const total = () => model.reduce((sum, each) => sum + sizeOf(each.bytes), 0)
        while (total() > maxBytes) model.shift()
        expect([memory.size, memory.bytes]).toEqual([model.length, total()])
      }
    }),
  )
})
