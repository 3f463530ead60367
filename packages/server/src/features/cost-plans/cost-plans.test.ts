import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCostPlan, type BodyOf, type Model, type SpanRecord } from '@ratchet/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exampleSpan, makeTraces, tracesColumnarMigrations, type Traces } from '#features/traces'
import { makeDeadLetters } from '#platform/clickhouse/dead-letter.ts'
import { openClickhouse, type Clickhouse } from '#platform/clickhouse/open-clickhouse.ts'
import { systemClock } from '#platform/clock.ts'
import { newId } from '#platform/ids.ts'
import { silentLog } from '#platform/log.ts'
import { makeCostPlans, type CostPlans } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'ratchet-plans-'))
const { project } = exampleSpan()
const nowMs = Date.UTC(2026, 10, 21, 12)
let engine: Clickhouse
let traces: Traces
let plans: CostPlans

const model = (id: string, inputNano: number): Model => ({
  id,
  connection: 'openai',
  kind: 'chat',
  price: { inputNano, outputNano: inputNano * 5, cachedInputNano: inputNano / 10 },
  abilities: [],
  lacks: [],
})

beforeAll(async () => {
  engine = await openClickhouse({
    folder: join(folder, 'ch'),
    migrations: tracesColumnarMigrations,
    log: silentLog,
  })
  const deadLetters = makeDeadLetters(join(folder, 'dead'), systemClock)
  traces = makeTraces({ clickhouse: engine, deadLetters, clock: systemClock, makeId: newId, log: silentLog })
  plans = makeCostPlans({
    clickhouse: engine,
    clock: { now: () => nowMs },
    listModels: async () => [model('openai/large', 3e9), model('openai/small', 3e8)],
    pricesOf: async () => [{ model: 'openai/own*', inputUsd: 2, outputUsd: 4, batchShare: 0.25 }],
  })
  // Two hours: three calls in the first, one of them a repeat, and one in the second.
  const minutes = [115, 110, 100, 30]
  const records = minutes.map((ago, index): SpanRecord =>
    exampleSpan({
      traceId: String(index).padStart(32, '0'),
      spanId: String(index).padStart(16, '0'),
      type: 'llm',
      app: '',
      name: 'openai/large',
      model: 'large',
      connection: 'openai',
      startUs: (nowMs - ago * 60_000) * 1000,
      durationUs: 2_500_000,
      firstTokenUs: 500_000,
      input: ['a', 'b', 'a', 'a'][index] ?? '',
      usage: {
        inputTokens: 1000,
        outputTokens: 100,
        cachedInputTokens: 250,
        cacheWriteTokens: 0,
        reasoningTokens: 0,
      },
    }),
  )
  await traces.ingest({ token: 'plans-1', records })
})
afterAll(async () => {
  await traces.stop()
  await engine.stop()
  rmSync(folder, { recursive: true, force: true })
})

const ask = (body: BodyOf<typeof createCostPlan>) => plans.plan(project, createCostPlan.body.parse(body))
const range = { from: '2026-11-21T10:00:00Z', to: '2026-11-21T12:00:00Z' }

test('recorded calls give volume, peak, cached share, repeats and speed', async () => {
  const plan = await ask({
    traffic: { fromTraces: { query: 'model:large', ...range } },
    models: ['openai/large', 'openai/small'],
  })
  expect(plan.traffic).toEqual({
    recordedCalls: 4,
    requestsPerDay: 48,
    meanInputTokens: 1000,
    meanOutputTokens: 100,
    cacheableShare: 0.25,
    peakFactor: 1.5,
    peakRequestsPerSecond: (48 / 86_400) * 1.5,
    // The third call repeats the first within the hour; the fourth comes after it.
    repeatShare: 0.25,
  })
  const month = Math.round((4_500_000 * 48 * 365) / 12)
  expect(plan.models[0]).toMatchObject({
    name: 'openai/large',
    monthNano: month,
    interval: { low: month, high: month },
  })
  // 100 tokens in the 2 seconds after the first one, which takes half a second.
  expect(plan.models[0]?.peakConcurrency).toBeCloseTo((48 / 86_400) * 1.5 * 2.5)
  expect(plan.models[1]).toMatchObject({ name: 'openai/small', savedByModelNano: month * 0.9 })
  expect(plan.models[1]?.peakConcurrency).toBeUndefined()
})

test('a range that goes beyond now counts the hours that have passed', async () => {
  const plan = await ask({
    traffic: { fromTraces: { query: 'model:large', from: range.from, to: '2026-11-30T00:00:00Z' } },
    models: ['openai/large'],
  })
  expect(plan.traffic).toMatchObject({ recordedCalls: 4, requestsPerDay: 48, peakFactor: 1.5 })
})

test('a model that no provider lists costs what the project has set, and batches what its price says', async () => {
  const plan = await ask({
    traffic: { fromTraces: { query: 'model:large', ...range } },
    models: ['openai/own-tuned', 'openai/large'],
    batchableShare: 0.4,
  })
  const ownMonth = (1000 * 2000 + 100 * 4000) * 48 * (365 / 12)
  expect(plan.models[0]).toMatchObject({ name: 'openai/own-tuned', monthNano: ownMonth })
  const batching = plan.models.map(({ savings }) => savings.find(({ change }) => change === 'batching'))
  // 40 % of calls at a quarter of the price; the other model has no price for batches.
  expect(batching[0]?.savedNano).toBeCloseTo(ownMonth * 0.4 * 0.75, -1)
  expect(batching[1]?.savedNano).toBe(0)
})

test('calls whose text was not kept are no repeats of each other', async () => {
  const at = Date.UTC(2026, 10, 20, 12)
  const records = [0, 1, 2].map((index) =>
    exampleSpan({
      traceId: `e${String(index).padStart(31, '0')}`,
      spanId: `e${String(index).padStart(15, '0')}`,
      type: 'llm',
      app: '',
      name: 'openai/large',
      model: 'large',
      startUs: (at + index * 60_000) * 1000,
      input: '',
      usage: {
        inputTokens: 1000,
        outputTokens: 100,
        cachedInputTokens: 0,
        cacheWriteTokens: 0,
        reasoningTokens: 0,
      },
    }),
  )
  await traces.ingest({ token: 'plans-2', records })
  const plan = await ask({
    traffic: { fromTraces: { query: '', from: '2026-11-20T11:00:00Z', to: '2026-11-20T13:00:00Z' } },
    models: ['openai/large'],
  })
  expect(plan.traffic).toMatchObject({ recordedCalls: 3 })
  expect(plan.traffic.repeatShare).toBeUndefined()
  expect(plan.models[0]?.savings.map(({ change }) => change)).not.toContain('response-cache')
})

test('typed traffic has no interval and no repeats', async () => {
  const plan = await ask({
    traffic: {
      requestsPerDay: 1000,
      inputTokens: { mean: 1000, p95: 1000 },
      outputTokens: { mean: 100, p95: 100 },
    },
    models: ['openai/large'],
    batchableShare: 1,
    tokensPerSecond: 100,
  })
  expect(plan.traffic.repeatShare).toBeUndefined()
  expect(plan.models[0]?.interval).toBeUndefined()
  expect(plan.models[0]?.savings.map(({ change }) => change)).toEqual([
    'shorter-prompts',
    'prompt-cache',
    'batching',
  ])
})

test('a model without a price, an empty range and a wrong one say what to do', async () => {
  const traffic = { fromTraces: range }
  await expect(ask({ traffic, models: ['openai/x'] })).rejects.toThrow(
    'No price is known for the model "openai/x"',
  )
  await expect(
    ask({ traffic: { fromTraces: { ...range, query: 'model:none' } }, models: ['openai/large'] }),
  ).rejects.toThrow('for the query "model:none"')
  await expect(
    ask({ traffic: { fromTraces: { from: range.to, to: range.from } }, models: ['openai/large'] }),
  ).rejects.toThrow('must lie before')
})
