import { randomUUID } from 'node:crypto'
import {
  type GatewayStateReport,
  getGatewayState,
  gatewayStateReport,
  type ReportedTarget,
} from '@ratchet/contract'
import { expect, test } from 'vitest'
import { makeGatewayStates } from './index.ts'

const project = '00000000-0000-4000-8000-000000000001'
const other = '00000000-0000-4000-8000-000000000002'
const noon = Date.UTC(2026, 10, 21, 12)

function makeBoard() {
  const clock = { nowMs: noon, now: () => clock.nowMs }
  const states = makeGatewayStates({ clock })
  const read = (query: object = {}, of = project) =>
    getGatewayState.output.parse(states.get(of, getGatewayState.query.parse(query)))
  return { clock, states, read }
}

const target = (name: string, more: Partial<ReportedTarget> = {}): ReportedTarget => ({
  project,
  target: name,
  state: 'closed',
  inFlight: 0,
  readyInMs: 0,
  openings: 0,
  ...more,
})
const report = (more: Partial<GatewayStateReport> = {}): GatewayStateReport =>
  gatewayStateReport.parse({
    instance: randomUUID(),
    name: 'gateway',
    isLast: false,
    isDraining: false,
    activeRequests: 3,
    targets: [],
    credentials: [],
    ...more,
  })

test('of several gateways the worst state counts, with how many are of which opinion', () => {
  const { states, read } = makeBoard()
  const broken = { state: 'open' as const, readyInMs: 4_000, openings: 1, reason: '5 failures in a row' }
  states.report(report({ targets: [target('openai/gpt', { ...broken, changedAgoMs: 1_000, inFlight: 2 })] }))
  states.report(
    report({ name: 'gateway-2', targets: [target('openai/gpt', { inFlight: 1 }), target('a/b')] }),
  )
  states.report(report({ name: 'gateway-3', isDraining: true }))
  const { items, gateways } = read()
  expect(items).toEqual([
    {
      connection: 'openai',
      model: 'gpt',
      state: 'open',
      gateways: { open: 1, halfOpen: 0, closed: 2 },
      inFlight: 3,
      openings: 1,
      retryAt: '2026-11-21T12:00:04.000Z',
      since: '2026-11-21T11:59:59.000Z',
      reason: '5 failures in a row',
    },
    expect.objectContaining({ connection: 'a', state: 'closed' }),
  ])
  expect(gateways.map(({ name, isDraining }) => [name, isDraining])).toEqual([
    ['gateway', false],
    ['gateway-2', false],
    ['gateway-3', true],
  ])
})

test('another project sees neither targets nor keys', () => {
  const { states, read } = makeBoard()
  const key = { connection: 'openai', id: 'k1', isRefused: false, readyInMs: 9_000 }
  states.report(
    report({
      targets: [target('openai/gpt'), target('openai/secret-model', { project: other })],
      credentials: [
        { project, ...key },
        { project: other, ...key, id: 'k2' },
      ],
    }),
  )
  expect(read().items.map(({ model }) => model)).toEqual(['gpt'])
  expect(read().keys).toEqual([
    { connection: 'openai', id: 'k1', isRefused: false, readyAt: '2026-11-21T12:00:09.000Z', gateways: 1 },
  ])
  expect(read({}, other).keys.map(({ id }) => id)).toEqual(['k2'])
})

test('a report replaces the one before, the last one takes all away, and so does silence', () => {
  const { clock, states, read } = makeBoard()
  const first = report({ targets: [target('a/b', { state: 'open' })] })
  states.report(first)
  states.report({ ...first, targets: [] })
  expect([read().gateways.length, read().items.length]).toEqual([1, 0])
  states.report({ ...first, isLast: true })
  expect(read().gateways).toEqual([])
  states.report(first)
  states.report(report({ name: 'gateway-2' }))
  states.forget('gateway')
  expect(read().gateways.map(({ name }) => name)).toEqual(['gateway-2'])
  states.report(first)
  clock.nowMs += 30_001
  expect(read()).toMatchObject({ gateways: [], items: [] })
})

test('pages are bounded and follow each other, broken targets first; a foreign cursor is refused', () => {
  const { states, read } = makeBoard()
  const names = Array.from({ length: 7 }, (_, index) => `c/m${String(index)}`)
  states.report(
    report({ targets: names.map((name) => target(name, name === 'c/m5' ? { state: 'open' } : {})) }),
  )
  const first = read({ limit: 3 })
  expect(first.items.map(({ model }) => model)).toEqual(['m5', 'm0', 'm1'])
  const second = read({ limit: 3, cursor: first.nextCursor })
  expect(second.items.map(({ model }) => model)).toEqual(['m2', 'm3', 'm4'])
  const third = read({ limit: 3, cursor: second.nextCursor })
  expect([third.items.map(({ model }) => model), third.nextCursor]).toEqual([['m6'], undefined])
  expect(read({ state: 'open' }).items).toHaveLength(1)
  expect(read({ connection: 'd' }).items).toEqual([])
  expect(() => read({ cursor: 'x' })).toThrow('The cursor "x" is none of this list')
})
