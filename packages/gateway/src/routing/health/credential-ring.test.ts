import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CredentialRing } from './credential-ring.ts'
import { CredentialRings } from './credential-rings.ts'

const credential = (id: string, value = `sk-${id}`) => ({ id, value })
const three = [credential('a'), credential('b'), credential('c')]
const model = 'gpt'

test('credentials take turns', () => {
  const ring = new CredentialRing(three)
  const picked = Array.from({ length: 6 }, (_, index) => ring.pick(model, index)?.id)
  expect(picked).toEqual(['a', 'b', 'c', 'a', 'b', 'c'])
})

test('a limited credential rests for as long as the provider asked, for that model alone', () => {
  const ring = new CredentialRing([credential('a'), credential('b')])
  ring.failed('a', { kind: 'rate-limit', model, retryAfterMs: 30_000 }, 0)
  expect([1, 2, 3].map((nowMs) => ring.pick(model, nowMs)?.id)).toEqual(['b', 'b', 'b'])
  expect(ring.pick('other', 4)?.id).toBe('a')
  expect(ring.pick(model, 30_000)?.id).toBe('b')
  expect(ring.pick(model, 30_001)?.id).toBe('a')
})

test('without Retry-After rests double, and a success makes them short again', () => {
  const ring = new CredentialRing([credential('a')], { restMs: 1_000, maxRestMs: 3_000 })
  const limit = (nowMs: number) => {
    ring.failed('a', { kind: 'rate-limit', model }, nowMs)
    return ring.readyAtMs(model, nowMs) - nowMs
  }
  expect([limit(0), limit(10_000), limit(20_000), limit(30_000)]).toEqual([1_000, 2_000, 3_000, 3_000])
  ring.succeeded('a', model)
  expect(limit(40_000)).toBe(1_000)
})

test('calls that were limited together are one incident', () => {
  const ring = new CredentialRing([credential('a')], { restMs: 1_000 })
  for (let count = 0; count < 30; count++) ring.failed('a', { kind: 'rate-limit', model }, count)
  expect(ring.readyAtMs(model, 30)).toBeLessThanOrEqual(2_100)
})

test('a refused credential rests for longer, for all models, and is flagged until it works', () => {
  const ring = new CredentialRing(three)
  ring.failed('b', { kind: 'credential' }, 0)
  expect([1, 2, 3, 4].map((nowMs) => ring.pick(model, nowMs)?.id)).toEqual(['a', 'c', 'a', 'c'])
  expect(ring.describe(1_000)).toMatchObject([
    { id: 'a', isRefused: false },
    { id: 'b', isRefused: true, readyInMs: 299_000 },
    { id: 'c', isRefused: false },
  ])
  expect(ring.pick(model, 300_000)?.id).toBe('b')
  ring.succeeded('b', model)
  expect(ring.describe(300_000)[1]).toMatchObject({ isRefused: false, readyInMs: 0 })
})

test('when all rest, the one that is ready soonest is given, and the wait is told', () => {
  const ring = new CredentialRing(three)
  ring.failed('a', { kind: 'rate-limit', model, retryAfterMs: 9_000 }, 0)
  ring.failed('b', { kind: 'rate-limit', model, retryAfterMs: 4_000 }, 0)
  ring.failed('c', { kind: 'credential' }, 0)
  expect(ring.readyAtMs(model, 1_000)).toBe(4_000)
  expect(ring.pick(model, 1_000)?.id).toBe('b')
  expect(ring.readyAtMs(model, 4_000)).toBe(0)
})

test('a connection without credentials has nothing to pick and nothing to wait for', () => {
  const ring = new CredentialRing([])
  expect(ring.pick(model, 0)).toBeUndefined()
  expect(ring.readyAtMs(model, 0)).toBe(0)
})

test('a rotated credential is ready at once, those that stay keep their rest', () => {
  const ring = new CredentialRing([credential('a'), credential('b', 'old')])
  ring.failed('a', { kind: 'rate-limit', model, retryAfterMs: 60_000 }, 0)
  ring.failed('b', { kind: 'credential' }, 0)
  ring.replaceItems([credential('a'), credential('b', 'new')])
  expect(ring.pick(model, 1)).toEqual(credential('b', 'new'))
  expect(ring.pick(model, 2)).toEqual(credential('b', 'new'))
})

test('names of models that callers make up do not fill the memory', () => {
  const ring = new CredentialRing([credential('a')])
  for (let index = 0; index < 5_000; index++) {
    ring.failed('a', { kind: 'rate-limit', model: `invented-${index}`, retryAfterMs: 500_000 }, index)
  }
  expect(ring.readyAtMs('invented-4999', 5_000)).toBeGreaterThan(5_000)
  expect(ring.readyAtMs('invented-0', 5_000)).toBe(0)
})

test('a ready credential is never passed over for a resting one', () => {
  const failures = fc.array(
    fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      kind: fc.constantFrom('rate-limit' as const, 'credential' as const),
      atMs: fc.nat(100_000),
      retryAfterMs: fc.option(fc.nat(60_000), { nil: undefined }),
    }),
    { maxLength: 20 },
  )
  fc.assert(
    fc.property(failures, fc.nat(500_000), (list, nowMs) => {
      const ring = new CredentialRing(three)
      for (const { id, atMs, ...failure } of list) ring.failed(id, { ...failure, model }, atMs)
      const ready = new Set(
        ring.describe(nowMs).flatMap(({ id, readyInMs }) => (readyInMs === 0 ? [id] : [])),
      )
      expect(ring.readyAtMs(model, nowMs) === 0).toBe(ready.size > 0)
      const picked = ring.pick(model, nowMs)?.id ?? ''
      expect(ready.size === 0 || ready.has(picked)).toBe(true)
    }),
  )
})

test('rings outlive snapshots: a new list reaches the ring, an old call does not bring the old one back', () => {
  const rings = new CredentialRings()
  const old = { project: 'p', name: 'openai', credentials: [credential('a')] }
  const fresh = { project: 'p', name: 'openai', credentials: [credential('a'), credential('b')] }
  const ring = rings.of(old)
  ring.failed('a', { kind: 'credential' }, 0)
  expect(rings.of(fresh)).toBe(ring)
  expect(rings.of(old)).toBe(ring)
  expect(rings.describe(0)[0]?.credentials.map(({ id, isRefused }) => [id, isRefused])).toEqual([
    ['a', true],
    ['b', false],
  ])
  rings.keepOnly([{ project: 'p', name: 'anthropic' }])
  expect(rings.describe(0)).toEqual([])
})
