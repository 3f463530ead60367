import { failureKinds, type FailureKind } from '@ratchet/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HealthRegistry } from './health-registry.ts'
import {
  defaultHealthSettings,
  TargetHealth,
  type BreakerChange,
  type HealthSettings,
} from './target-health.ts'

function makeTarget(settings: Partial<HealthSettings> = {}) {
  const changes: BreakerChange[] = []
  const health = new TargetHealth({
    key: 'p openai/gpt',
    settings: { ...defaultHealthSettings, ...settings },
    onChange: (change) => changes.push(change),
  })
  const fail = (nowMs: number, failure: FailureKind = 'server-error') =>
    health.failed(health.begin(nowMs), failure, nowMs)
  const succeed = (nowMs: number) => health.succeeded(health.begin(nowMs), nowMs)
  return { health, changes, fail, succeed }
}

test('five failures in a row open the breaker, and the change says why', () => {
  const { health, changes, fail } = makeTarget()
  for (let count = 0; count < 4; count++) fail(count)
  expect(health.state).toBe('closed')
  fail(4, 'timeout')
  expect(health.state).toBe('open')
  expect(health.readyAtMs(5)).toBe(5_004)
  expect(changes).toEqual([
    {
      key: 'p openai/gpt',
      from: 'closed',
      to: 'open',
      reason: '5 failures in a row, the last: timeout',
      openForMs: 5_000,
    },
  ])
})

test('half of the calls failing opens the breaker once there were enough of them', () => {
  const { health, changes, fail, succeed } = makeTarget()
  for (let count = 0; count < 4; count++) {
    succeed(count)
    fail(count)
  }
  succeed(5)
  expect(health.state).toBe('closed')
  fail(6)
  expect(health.state).toBe('open')
  expect(changes[0]?.reason).toBe('5 of 10 calls failed, the last: server-error')
})

test('failures that are older than the window do not count', () => {
  const { health, fail, succeed } = makeTarget()
  for (let count = 0; count < 4; count++) {
    fail(count)
    succeed(count)
  }
  fail(50_000)
  succeed(50_000)
  expect(health.describe(50_000)).toMatchObject({ state: 'closed', callsInWindow: 2, errorShare: 0.5 })
  expect(health.describe(90_000)).toMatchObject({ callsInWindow: 0, errorShare: 0 })
})

test('a caller whose prompt is too long, or a limited credential, breaks nothing', () => {
  const { health, fail } = makeTarget()
  for (const kind of ['rate-limit', 'credential', 'context-length', 'content-filter'] as const) {
    for (let count = 0; count < 20; count++) fail(count, kind)
  }
  expect(health.state).toBe('closed')
})

test('when its time is over one probe goes through at a time, and two that succeed close the breaker', () => {
  const { health, changes, fail, succeed } = makeTarget()
  for (let count = 0; count < 5; count++) fail(0)
  expect(health.readyAtMs(4_999)).toBeGreaterThan(4_999)
  expect(health.readyAtMs(5_000)).toBeLessThanOrEqual(5_000)
  const probe = health.begin(5_000)
  expect(health.state).toBe('half-open')
  expect(health.readyAtMs(5_001)).toBeGreaterThan(5_001)
  health.succeeded(probe, 5_100)
  expect(health.readyAtMs(5_100)).toBeLessThanOrEqual(5_100)
  succeed(5_200)
  expect(health.state).toBe('closed')
  expect(changes.map(({ to }) => to)).toEqual(['open', 'half-open', 'closed'])
})

test('a probe that fails opens the breaker for twice as long, up to a cap', () => {
  const { health, changes, fail } = makeTarget({ maxOpenMs: 15_000 })
  for (let count = 0; count < 5; count++) fail(0)
  let nowMs = 0
  for (let round = 0; round < 3; round++) {
    nowMs = health.readyAtMs(nowMs)
    fail(nowMs)
  }
  expect(changes.filter(({ to }) => to === 'open').map(({ openForMs }) => openForMs)).toEqual([
    5_000, 10_000, 15_000, 15_000,
  ])
})

test('a call that began before the breaker opened neither closes it nor frees the place of a probe', () => {
  const { health, fail } = makeTarget()
  const slow = [health.begin(0), health.begin(0), health.begin(0)]
  for (let count = 0; count < 5; count++) fail(1)
  health.succeeded(slow[0] ?? 0, 2)
  expect(health.state).toBe('open')
  health.begin(6_000)
  health.succeeded(slow[1] ?? 0, 6_001)
  expect(health.state).toBe('half-open')
  expect(health.readyAtMs(6_001)).toBeGreaterThan(6_001)
  health.failed(slow[2] ?? 0, 'timeout', 6_002)
  expect(health.state).toBe('half-open')
})

test('calls sent for want of anyone else close the breaker when they succeed', () => {
  const { health, fail, succeed } = makeTarget()
  for (let count = 0; count < 5; count++) fail(0)
  succeed(10)
  succeed(20)
  expect(health.state).toBe('closed')
})

test('a probe that nobody ends gives its place back after a minute', () => {
  const { health, fail } = makeTarget()
  for (let count = 0; count < 5; count++) fail(0)
  health.begin(5_000)
  expect(health.readyAtMs(5_001)).toBe(65_000)
  expect(health.readyAtMs(65_000)).toBeLessThanOrEqual(65_000)
})

test('a cancelled call counts neither way and is no longer running', () => {
  const { health } = makeTarget()
  const ticket = health.begin(0)
  expect(health.inFlight).toBe(1)
  health.cancelled(ticket, 10)
  expect(health.describe(10)).toMatchObject({ inFlight: 0, callsInWindow: 0 })
})

test('a target that asked for rest is not ready until then; a shorter word later does not cut it', () => {
  const { health } = makeTarget()
  health.restFor(2_000, 1_000)
  health.restFor(500, 1_100)
  expect(health.describe(1_000)).toMatchObject({ state: 'closed', readyInMs: 2_000 })
  expect(health.readyAtMs(3_000)).toBeLessThanOrEqual(3_000)
})

test('nobody rests for longer than five minutes, whatever it asks for', () => {
  const { health } = makeTarget()
  health.restFor(86_400_000, 0)
  expect(health.describe(0)).toMatchObject({ readyInMs: 300_000 })
  expect(health.isIdle(300_000)).toBe(true)
})

type Step =
  | { readonly kind: 'begin' }
  | { readonly kind: 'end'; readonly which: number; readonly how: FailureKind | 'success' | 'cancelled' }
  | { readonly kind: 'wait'; readonly ms: number }

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.constant({ kind: 'begin' as const }),
  fc.record({
    kind: fc.constant('end' as const),
    which: fc.nat(20),
    how: fc.constantFrom(...failureKinds, 'success' as const, 'cancelled' as const),
  }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(20_000) }),
)

test('whatever happened, a breaker is asked again within its longest time, and closes when calls succeed', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 120 }), (steps) => {
      const { health, succeed } = makeTarget({ consecutiveFailures: 2 })
      const running: number[] = []
      let nowMs = 0
      for (const step of steps) {
        if (step.kind === 'wait') nowMs += step.ms
        else if (step.kind === 'begin') running.push(health.begin(nowMs))
        else {
          const [ticket] = running.splice(step.which % Math.max(1, running.length), 1)
          if (ticket === undefined) continue
          if (step.how === 'success') health.succeeded(ticket, nowMs)
          else if (step.how === 'cancelled') health.cancelled(ticket, nowMs)
          else health.failed(ticket, step.how, nowMs)
        }
        expect(health.inFlight).toBe(running.length)
        expect(health.readyAtMs(nowMs) - nowMs).toBeLessThanOrEqual(defaultHealthSettings.maxOpenMs)
      }
      for (let round = 0; round < 3 && health.state !== 'closed'; round++) {
        nowMs = Math.max(nowMs, health.readyAtMs(nowMs))
        succeed(nowMs)
      }
      expect(health.state).toBe('closed')
    }),
  )
})

test('the registry stays bounded when callers make up models, and keeps the running ones', () => {
  const registry = new HealthRegistry({ maxTargets: 100 })
  const kept = registry.of('p own/model', 0)
  kept.begin(0)
  for (let index = 0; index < 2_000; index++) {
    const target = registry.of(`p own/invented-${index}`, index)
    for (let count = 0; count < 5; count++) target.failed(target.begin(index), 'not-found', index)
  }
  expect(registry.describe(2_000).length).toBeLessThanOrEqual(100)
  expect(registry.peek('p own/model')).toBe(kept)
})

test('latency follows what is measured now, and one slow call among many hardly moves it', () => {
  const { health } = makeTarget()
  const { firstToken } = health
  for (let index = 0; index < 50; index++) firstToken.observe(200, index)
  firstToken.observe(2_000, 50)
  expect(firstToken.valueMs).toBeLessThan(300)
  firstToken.observe(1_000, 60_000)
  expect(firstToken.valueMs).toBeGreaterThan(950)
  firstToken.observe(Number.NaN, 60_001)
  expect(firstToken.valueMs).toBeGreaterThan(950)
})
