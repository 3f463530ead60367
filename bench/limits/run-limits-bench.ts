import { budget, rateLimit, type Budget, type RateLimit } from '@ratchet/contract'
import { noPeers } from '../../packages/gateway/src/limits/accounts/limit-peers.ts'
import { LimitEngine } from '../../packages/gateway/src/limits/limit-engine.ts'
import type { LimitSubjects } from '../../packages/gateway/src/limits/limit-subjects.ts'
import { median, type BenchTable } from '../bench-table.ts'

const project = '00000000-0000-4000-8000-000000000001'
const callsPerRound = 200_000
const rounds = 9
const users = 1_000
const targetUs = 2

const requests = rateLimit.parse({ name: 'requests', scope: 'project', measure: 'requests', limit: 1e11 })
const tokens = rateLimit.parse({ name: 'tokens', scope: 'user', measure: 'tokens', limit: 1e11 })
const running = rateLimit.parse({ name: 'running', scope: 'key', measure: 'concurrency', limit: 1_000 })
const cost = rateLimit.parse({ name: 'cost', scope: 'model', measure: 'cost', limit: 1e8, window: 'fixed' })
const team = budget.parse({ name: 'team', scope: 'project', period: 'month', limitUsd: 1e8 })

const cases: readonly { name: string; limits: RateLimit[]; budgets: Budget[] }[] = [
  { name: 'none', limits: [], budgets: [] },
  { name: '1: requests of the project', limits: [requests], budgets: [] },
  { name: '3: and tokens per user, running calls per key', limits: [requests, tokens, running], budgets: [] },
  {
    name: '5: and money per model, a monthly budget',
    limits: [requests, tokens, running, cost],
    budgets: [team],
  },
]

/** Time that `begin` and `settle` add to a call, by the number of limits that apply to it. */
export function runLimitsBench(): Promise<BenchTable> {
  const subjects = Array.from({ length: users }, (_, user) => subjectsOf(`user-${user}`))
  const engines = cases.map(({ limits, budgets }) => {
    const engine = new LimitEngine({ peers: noPeers })
    engine.useConfig(project, limits, budgets)
    return engine
  })
  const times = cases.map((): number[] => [])
  // Rounds take turns, so that a slow moment of the machine hits every case. The first warms up.
  for (let round = 0; round <= rounds; round++) {
    engines.forEach((engine, index) => {
      const us = timeRound(engine, subjects)
      if (round > 0) times[index]?.push(us)
    })
  }
  engines.forEach((engine) => engine.stop())
  const medians = times.map(median)
  const withThree = medians[2] ?? Number.NaN
  return Promise.resolve({
    title: 'Limits on the request path: begin and settle of one call',
    columns: ['limits', 'ns per call', 'best round'],
    rows: cases.map(({ name }, index) => [
      name,
      nanoseconds(medians[index] ?? Number.NaN),
      nanoseconds(Math.min(...(times[index] ?? []))),
    ]),
    notes: [
      `${users} users, ${callsPerRound.toLocaleString('en-US')} calls a round, median of ${rounds} rounds`,
    ],
    checks: [
      {
        name: 'three limits',
        value: `${withThree.toFixed(2)} µs`,
        target: `under ${targetUs} µs`,
        passed: withThree < targetUs,
      },
    ],
  })
}

function timeRound(engine: LimitEngine, subjects: readonly LimitSubjects[]): number {
  const estimate = { tokens: 600, costNano: 900_000 }
  const use = { tokens: 420, costNano: 610_000 }
  const startedMs = performance.now()
  for (let call = 0; call < callsPerRound; call++) {
    const whose = subjects[call % users]
    if (whose === undefined) continue
    const admission = engine.begin(whose, estimate, Date.now())
    if (admission.ok !== true) throw new Error('a call of the bench was refused')
    admission.reservation.settle(use)
  }
  return ((performance.now() - startedMs) * 1_000) / callsPerRound
}

function subjectsOf(user: string): LimitSubjects {
  return {
    project,
    environment: 'production',
    keyId: 'key-1',
    keyName: 'site',
    user,
    app: '',
    model: 'openai/gpt-test',
    route: 'chat',
  }
}

function nanoseconds(us: number): string {
  return Math.round(us * 1_000).toLocaleString('en-US')
}
