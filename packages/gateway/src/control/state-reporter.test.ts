import { afterEach, expect, test } from 'vitest'
import { CredentialRings } from '../routing/health/credential-rings.ts'
import { HealthRegistry } from '../routing/health/health-registry.ts'
import { startTestGateway, until, type TestGateway } from '../testing/start-test-gateway.ts'
import { watchStalls } from '../testing/watch-stalls.ts'
import { describeCredentials, describeTargets } from './describe-state.ts'

let running: TestGateway | undefined
afterEach(async () => {
  await running?.stop()
  running = undefined
})

const chat = (t: TestGateway, model: string) =>
  t.post('/v1/chat/completions', { model, messages: [{ role: 'user', content: 'hi' }] })

test('a breaker that opens is told to control within a second, with its reason, and a draining process says so', async () => {
  const t = (running = await startTestGateway())
  const startedMs = performance.now()
  for (let count = 0; count < 5; count++) await (await chat(t, 'any/mode:server-error')).text()
  const stalls = watchStalls()
  const openedMs = performance.now()
  const shown = () =>
    t.control.stateReports.at(-1)?.targets.find(({ target }) => target === 'any/mode:server-error')
  const told = await until(async () => (shown()?.state === 'open' ? shown() : undefined))
  expect(performance.now() - openedMs).toBeLessThan(1_000 + stalls.stoodMs())
  expect(told).toMatchObject({ openings: 1 })
  expect(told.reason).toContain('5 failures in a row')
  expect(told.readyInMs).toBeGreaterThan(4_000 - (performance.now() - startedMs))
  // The last of the calls may still be at its end when the breaker opens.
  await until(async () => (shown()?.inFlight === 0 ? true : undefined))
  await t.gateway.stop()
  expect(t.control.stateReports.at(-1)).toMatchObject({ isLast: true, isDraining: true })
})

test('keys of a connection that was removed are forgotten', async () => {
  const t = (running = await startTestGateway())
  const [example] = t.snapshot.connections
  if (example === undefined) throw new Error('the example has no connection')
  const credentials = ['a', 'b'].map((id) => ({ id, value: `sk-${id}` }))
  await t.publish({
    connections: [...t.snapshot.connections, { ...example, name: 'pair', models: [], credentials }],
  })
  await (await chat(t, 'pair/mode:rate-limited')).text()
  const resting = () => t.control.stateReports.at(-1)?.credentials.map(({ connection }) => connection)
  await until(async () => resting()?.includes('pair') || undefined)
  await t.publish({})
  await until(async () => resting()?.length === 0 || undefined)
})

test('nothing new is not said again every second', async () => {
  const t = (running = await startTestGateway())
  await (await chat(t, 'any/mode:normal')).text()
  await until(async () => t.control.stateReports.at(-1)?.targets[0]?.inFlight === 0 || undefined)
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  const count = t.control.stateReports.length
  await new Promise((resolve) => setTimeout(resolve, 2_200))
  expect(t.control.stateReports.length).toBe(count)
})

test('a report is bounded, and what is broken is in it', () => {
  const registry = new HealthRegistry()
  for (let index = 0; index < 900; index++) registry.of(`p made/up-${String(index)}`, 0).begin(0)
  const broken = registry.of('p openai/gpt', 0)
  for (let count = 0; count < 5; count++) broken.failed(broken.begin(0), 'timeout', 0)
  const targets = describeTargets(
    registry.describe(1),
    new Map([['p openai/gpt', { reason: 'r', atMs: 0 }]]),
    1,
  )
  expect(targets).toHaveLength(500)
  expect(targets[0]).toMatchObject({
    project: 'p',
    target: 'openai/gpt',
    state: 'open',
    reason: 'r',
    changedAgoMs: 1,
  })
})

test('keys that are ready are left out, resting and refused ones are named without their value', () => {
  const rings = new CredentialRings()
  const credentials = ['a', 'b', 'c'].map((id) => ({ id, value: `sk-${id}` }))
  const ring = rings.of({ project: 'p', name: 'openai', credentials })
  ring.failed('b', { kind: 'rate-limit', model: 'gpt', retryAfterMs: 9_000 }, 0)
  ring.failed('c', { kind: 'credential' }, 0)
  expect(describeCredentials(rings.describe(1_000))).toEqual([
    { project: 'p', connection: 'openai', id: 'b', isRefused: false, readyInMs: 8_000 },
    { project: 'p', connection: 'openai', id: 'c', isRefused: true, readyInMs: 299_000 },
  ])
})
