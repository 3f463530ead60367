import { failureKinds, type FailureKind } from '@ratchet/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exampleRoute } from '../testing/example-route.ts'
import type { Failure } from './classify-failure.ts'
import { nextStep, type Situation } from './next-step.ts'

const targets = [{ model: 'openai/gpt' }, { model: 'azure/gpt' }]
const route = exampleRoute({ targets, retries: { attempts: 2, delayMs: 200, maxDelayMs: 5_000 } })

const failed = (kind: FailureKind | undefined, failure: Partial<Failure> = {}): Failure => ({
  kind,
  retryAfterMs: undefined,
  hasReached: true,
  ...failure,
})
const at = (situation: Partial<Situation> = {}): Situation => ({
  tries: 1,
  hasSent: false,
  isRepeatable: true,
  hasReadyCredential: false,
  isTargetReady: true,
  hasNextTarget: true,
  remainingMs: 60_000,
  random: () => 0.5,
  ...situation,
})

test('a server error is tried again with growing waits, then the next target is asked', () => {
  const steps = [1, 2, 3].map((tries) =>
    nextStep(route, failed('server-error'), at({ tries, random: () => 1 })),
  )
  expect(steps).toEqual([
    { kind: 'retry', delayMs: 200 },
    { kind: 'retry', delayMs: 400 },
    { kind: 'next-target' },
  ])
})

test('waits are drawn from the whole range, so that callers do not come back together', () => {
  const delays = [0, 0.25, 1].map((random) =>
    nextStep(route, failed('server-error'), at({ random: () => random })),
  )
  expect(delays).toEqual([0, 50, 200].map((delayMs) => ({ kind: 'retry', delayMs })))
})

test('A3.11 a Retry-After is waited for when it is short enough, and never cut short', () => {
  const step = nextStep(route, failed('rate-limit', { retryAfterMs: 3_000 }), at())
  expect(step).toEqual({ kind: 'retry', delayMs: 3_100 })
})

test('a Retry-After that is too long sends the request to the next target', () => {
  const failure = failed('rate-limit', { retryAfterMs: 5_001 })
  expect(nextStep(route, failure, at())).toEqual({ kind: 'next-target' })
  expect(nextStep(route, failure, at({ hasNextTarget: false }))).toEqual({
    kind: 'give-up',
    reason: 'no target left',
  })
})

test('another credential of the same connection is tried at once, whatever the retries say', () => {
  const situation = at({ tries: 9, hasReadyCredential: true })
  expect(nextStep(route, failed('rate-limit', { retryAfterMs: 9e9 }), situation)).toEqual({
    kind: 'retry',
    delayMs: 0,
  })
  expect(nextStep(route, failed('credential'), situation)).toEqual({ kind: 'retry', delayMs: 0 })
  expect(nextStep(route, failed('server-error'), situation)).toEqual({ kind: 'next-target' })
})

test('a target whose breaker has opened is not tried again while there is another', () => {
  const broken = { isTargetReady: false }
  expect(nextStep(route, failed('server-error'), at(broken))).toEqual({ kind: 'next-target' })
  expect(nextStep(route, failed('server-error'), at({ ...broken, hasNextTarget: false })).kind).toBe('retry')
})

test('nothing is repeated once the client has got bytes', () => {
  for (const kind of failureKinds) {
    expect(nextStep(route, failed(kind), at({ hasSent: true, hasReadyCredential: true })).kind).toBe(
      'give-up',
    )
  }
})

test('a request that is wrong is not tried anywhere else', () => {
  expect(nextStep(route, failed(undefined), at()).kind).toBe('give-up')
})

test('a call that must not run twice is repeated only when it cannot have run', () => {
  const once = at({ isRepeatable: false })
  expect(nextStep(route, failed('connect', { hasReached: false }), once).kind).toBe('retry')
  expect(nextStep(route, failed('rate-limit'), once).kind).toBe('retry')
  expect(nextStep(route, failed('connect'), once).kind).toBe('give-up')
  expect(nextStep(route, failed('timeout'), once).kind).toBe('give-up')
  expect(nextStep(route, failed('stream-cut'), once).kind).toBe('give-up')
})

test('a wait that ends after the deadline is not begun', () => {
  const failure = failed('overloaded', { retryAfterMs: 4_000 })
  expect(nextStep(route, failure, at({ remainingMs: 3_000 }))).toEqual({ kind: 'next-target' })
  expect(nextStep(route, failure, at({ remainingMs: 0 }))).toEqual({
    kind: 'give-up',
    reason: 'no time left',
  })
})

test('the route says which failures fall back', () => {
  expect(nextStep(route, failed('context-length'), at())).toEqual({
    kind: 'give-up',
    reason: 'no fallback on context-length',
  })
  const longer = exampleRoute({ targets, fallbackOn: ['context-length'] })
  expect(nextStep(longer, failed('context-length'), at())).toEqual({ kind: 'next-target' })
  expect(nextStep(longer, failed('server-error'), at({ tries: 2 })).kind).toBe('give-up')
})

test('every request comes to an end: retries are counted, waits are bounded, and targets are used up', () => {
  const anyRoute = fc
    .record({
      attempts: fc.nat(10),
      delayMs: fc.nat(60_000),
      maxDelayMs: fc.nat(300_000),
      on: fc.subarray([...failureKinds]),
      fallbackOn: fc.subarray([...failureKinds]),
    })
    .map(({ fallbackOn, ...retries }) => exampleRoute({ targets, retries, fallbackOn }))
  const failures = fc.infiniteStream(
    fc.record({
      kind: fc.constantFrom(...failureKinds),
      retryAfterMs: fc.option(fc.nat(1e9), { nil: undefined }),
      hasReached: fc.boolean(),
    }),
  )
  fc.assert(
    fc.property(anyRoute, failures, fc.integer({ min: 1, max: 1e6 }), (some, list, totalMs) => {
      let remainingMs = totalMs
      let targetsLeft = 3
      let tries = 0
      let attempts = 0
      for (const failure of list) {
        attempts += 1
        tries += 1
        const situation = at({ tries, remainingMs, hasNextTarget: targetsLeft > 0, random: () => 0.999 })
        const step = nextStep(some, failure, situation)
        if (step.kind === 'give-up') break
        const isRetry = step.kind === 'retry'
        const delayMs = isRetry ? step.delayMs : 0
        const leastMs = isRetry ? Math.min(failure.retryAfterMs ?? 0, some.retries.maxDelayMs) : 0
        expect(delayMs).toBeGreaterThanOrEqual(leastMs)
        expect(delayMs).toBeLessThan(remainingMs)
        remainingMs -= delayMs
        if (isRetry) continue
        targetsLeft -= 1
        tries = 0
      }
      expect(attempts).toBeLessThanOrEqual(4 * (some.retries.attempts + 1))
    }),
  )
})
