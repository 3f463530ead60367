import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SpanRecord } from '@ratchet/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exampleSpan, makeTraces, tracesColumnarMigrations, type Traces } from '#features/traces'
import { makeDeadLetters } from '#platform/clickhouse/dead-letter.ts'
import { openClickhouse, type Clickhouse } from '#platform/clickhouse/open-clickhouse.ts'
import { systemClock } from '#platform/clock.ts'
import { newId } from '#platform/ids.ts'
import { silentLog } from '#platform/log.ts'
import { makeGatewayTraffic } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'ratchet-traffic-'))
const { project } = exampleSpan()
const nowMs = Date.UTC(2026, 10, 21, 12, 30)
let engine: Clickhouse
let traces: Traces

beforeAll(async () => {
  engine = await openClickhouse({
    folder: join(folder, 'ch'),
    migrations: tracesColumnarMigrations,
    log: silentLog,
  })
  const deadLetters = makeDeadLetters(join(folder, 'dead'), systemClock)
  traces = makeTraces({ clickhouse: engine, deadLetters, clock: systemClock, makeId: newId, log: silentLog })
})
afterAll(async () => {
  await traces.stop()
  await engine.stop()
  rmSync(folder, { recursive: true, force: true })
})

let spans = 0
function call(minutesAgo: number, more: Partial<SpanRecord> = {}): SpanRecord {
  spans += 1
  return exampleSpan({
    traceId: spans.toString(16).padStart(32, '0'),
    spanId: spans.toString(16).padStart(16, '0'),
    name: 'openai/gpt-5-mini',
    type: 'llm',
    startUs: (nowMs - minutesAgo * 60_000) * 1000,
    durationUs: 400_000,
    firstTokenUs: 90_000,
    model: 'gpt-5-mini',
    connection: 'openai',
    costNano: 1000,
    ...more,
  })
}

test('attempts are counted by target, calls by route with those from the cache, and what is older or elsewhere is left out', async () => {
  const failed = {
    status: 'error',
    errorCode: 'overloaded',
    name: 'attempt openai/gpt-5-mini',
    isLocalRoot: false,
  } as const
  const routed = (more: object) => ({
    attributes: JSON.stringify({ route: 'chat', branch: 'targets', ...more }),
  })
  await traces.ingest({
    token: 'traffic-1',
    records: [
      call(1, routed({})),
      call(20, { ...failed, costNano: 0 }),
      call(20, { connection: 'azure', model: 'gpt-5', ...routed({ attempts: 2, saved_nano: 500 }) }),
      // Of the cache: no target was asked, but the route was.
      call(3, { connection: '', costNano: 0, ...routed({ cache: 'hit', saved_nano: 900 }) }),
      call(10, { connection: 'mistral', model: 'large', status: 'error', errorCode: 'guardrail_blocked' }),
      call(90),
      call(2, { environment: 'production' }),
      call(2, { type: 'prompt', connection: '', model: '' }),
    ],
  })
  const clock = { ...systemClock, now: () => nowMs }
  const traffic = makeGatewayTraffic({ clickhouse: engine, clock })
  const answer = await traffic.measure(project, { minutes: 60, environment: 'development' })
  expect(answer.targets).toMatchObject([
    {
      connection: 'openai',
      model: 'gpt-5-mini',
      calls: 2,
      errors: 1,
      lastError: 'overloaded',
      p50Ms: 400,
      firstTokenMs: 90,
      costNano: 1000,
    },
    { connection: 'azure', model: 'gpt-5', calls: 1, errors: 0 },
    { connection: 'mistral', model: 'large', calls: 1, errors: 0 },
  ])
  const series = answer.targets[0]?.series ?? []
  expect(series).toHaveLength(30)
  expect(series.reduce((sum, { calls }) => sum + calls, 0)).toBe(2)
  expect(answer.routes).toEqual([
    {
      route: 'chat',
      calls: 3,
      errors: 0,
      retried: 1,
      cached: 1,
      costNano: 2000,
      savedNano: 500,
      branches: [{ branch: 'targets', calls: 3 }],
    },
  ])
  const everywhere = await traffic.measure(project, { minutes: 60 })
  expect(everywhere.targets[0]?.calls).toBe(3)
})
