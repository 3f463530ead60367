import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getUsage, type SpanRecord } from '@ratchet/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exampleSpan, makeTraces, tracesColumnarMigrations, type Traces } from '#features/traces'
import { makeDeadLetters } from '#platform/clickhouse/dead-letter.ts'
import { openClickhouse, type Clickhouse } from '#platform/clickhouse/open-clickhouse.ts'
import { systemClock } from '#platform/clock.ts'
import { newId } from '#platform/ids.ts'
import { silentLog } from '#platform/log.ts'
import { makeUsage, type Usage } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'ratchet-usage-'))
const { project } = exampleSpan()
const other = '0192aaaa-0000-7000-8000-000000000002'
const key = '0192bbbb-0000-7000-8000-000000000003'
const dayMs = 86_400_000
const nowMs = Date.UTC(2026, 10, 21, 12)
let engine: Clickhouse
let traces: Traces
let usage: Usage

let spans = 0
function call(atMs: number, more: Partial<SpanRecord> = {}): SpanRecord {
  spans += 1
  return exampleSpan({
    traceId: spans.toString(16).padStart(32, '0'),
    spanId: spans.toString(16).padStart(16, '0'),
    name: 'openai/small',
    type: 'llm',
    startUs: atMs * 1000,
    durationUs: 400_000,
    model: 'small',
    connection: 'openai',
    app: '',
    costNano: 1000,
    usage: {
      inputTokens: 100,
      outputTokens: 10,
      cachedInputTokens: 40,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
    },
    ...more,
  })
}
const tokens = (inputTokens: number, outputTokens: number) => ({
  inputTokens,
  outputTokens,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
})
const ask = (query: Record<string, string> = {}, of = project) =>
  usage.measure(of, getUsage.query.parse(query))

beforeAll(async () => {
  engine = await openClickhouse({
    folder: join(folder, 'ch'),
    migrations: tracesColumnarMigrations,
    log: silentLog,
  })
  const deadLetters = makeDeadLetters(join(folder, 'dead'), systemClock)
  traces = makeTraces({ clickhouse: engine, deadLetters, clock: systemClock, makeId: newId, log: silentLog })
  usage = makeUsage({
    clickhouse: engine,
    clock: { now: () => nowMs },
    keyNames: async () => new Map([[key, 'website']]),
  })
  const yesterday = nowMs - dayMs
  const asked = call(nowMs - 60_000, {
    model: 'large',
    name: 'openai/large',
    userId: 'ada, "the first"',
    keyId: key,
    costNano: 5000,
    usage: tokens(300, 30),
    firstTokenUs: 90_000,
    attributes: JSON.stringify({ route: 'chat', attempts: 2, saved_nano: 700 }),
  })
  const attempt = call(nowMs - 61_000, {
    traceId: asked.traceId,
    parentSpanId: asked.spanId,
    name: 'attempt azure/large',
    model: 'large',
    connection: 'azure',
    status: 'error',
    userId: 'ada, "the first"',
    keyId: key,
    costNano: 200,
    usage: tokens(300, 0),
  })
  await traces.ingest({
    token: 'usage-1',
    records: [
      // An app repeats what its call took.
      call(yesterday, { type: 'app', costNano: 1000, model: '' }),
      call(yesterday),
      call(yesterday, { type: 'embedding', costNano: 50, usage: tokens(20, 0), durationUs: 100_000 }),
      call(nowMs - 30_000, { costKnown: false, costNano: 0, model: 'local', usage: tokens(7, 1) }),
      call(nowMs - 30_000, { costKnown: false, costNano: 0, status: 'error', usage: tokens(0, 0) }),
      asked,
      attempt,
      // Outside: too old, not yet, another project.
      call(Date.UTC(2026, 9, 31, 23, 59)),
      call(nowMs + 1000),
      call(yesterday, { project: other, costNano: 9_000_000 }),
    ],
  })
})
afterAll(async () => {
  await traces.stop()
  await engine.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('what is no token is summed, and a batch counts the requests in it and no time', async () => {
  const third = '0192aaaa-0000-7000-8000-000000000004'
  const parts = {
    ...tokens(500, 60),
    cacheWriteHourTokens: 7,
    audioInputTokens: 6,
    audioOutputTokens: 5,
    imageInputTokens: 4,
    imageOutputTokens: 3,
  }
  const ours = { project: third, durationUs: 100_000 }
  await traces.ingest({
    token: 'usage-units',
    records: [
      call(nowMs - 5000, {
        ...ours,
        usage: { ...parts, units: { images: 2, toolImages: 1, audioMs: 8470 } },
      }),
      call(nowMs - 4000, {
        ...ours,
        usage: { ...parts, units: { characters: 4096, searches: 3, fileSearches: 1, containers: 2 } },
      }),
      call(nowMs - 3000, {
        ...ours,
        type: 'batch',
        durationUs: 3_600_000_000,
        usage: { ...tokens(1000, 100), units: { requests: 40 } },
        costNano: 77,
      }),
    ],
  })
  const { total, groups, series } = await ask({ series: 'day', by: 'day' }, third)
  expect(total).toMatchObject({
    requests: 42,
    inputTokens: 2000,
    outputTokens: 220,
    cacheWriteHourTokens: 14,
    audioInputTokens: 12,
    audioOutputTokens: 10,
    imageInputTokens: 8,
    imageOutputTokens: 6,
    images: 3,
    audioMs: 8470,
    characters: 4096,
    searches: 3,
    containers: 2,
    costNano: 2077,
    p50Ms: 100,
    p95Ms: 100,
  })
  expect(groups[0]).toMatchObject({ requests: 42, searches: 3 })
  expect(series?.at(-1)).toMatchObject({ requests: 42, costNano: 2077 })
})

test('each token and nano-dollar of the month is counted once, attempts included', async () => {
  const { total, groups, rest, from } = await ask()
  expect(from).toBe('2026-11-01T00:00:00.000Z')
  expect(total).toMatchObject({
    requests: 5,
    errors: 1,
    retries: 1,
    inputTokens: 100 + 20 + 7 + 0 + 300 + 300,
    cachedInputTokens: 40,
    outputTokens: 10 + 0 + 1 + 0 + 30,
    costNano: 1000 + 50 + 5000 + 200,
    unknownCost: 1,
    savedNano: 700,
    firstTokenP50Ms: 90,
  })
  expect(groups.map(({ values, costNano, requests }) => [values, costNano, requests])).toEqual([
    [['large'], 5200, 1],
    [['small'], 1050, 3],
    [['local'], 0, 1],
  ])
  expect(rest).toBeUndefined()
})

test('what the first groups leave is the rest, and the next page goes on there', async () => {
  const first = await ask({ limit: '1' })
  expect(first.groupCount).toBe(3)
  expect(first.rest).toMatchObject({ requests: 4, costNano: 1050, inputTokens: 127, unknownCost: 1 })
  const second = await ask({ limit: '1', cursor: first.nextCursor ?? '' })
  expect(second.groups.map(({ values }) => values)).toEqual([['small']])
  expect(second.rest).toMatchObject({ requests: 1, costNano: 0 })
  const last = await ask({ limit: '5', cursor: second.nextCursor ?? '' })
  expect(last.groups.map(({ values }) => values)).toEqual([['local']])
  expect(last.rest).toBeUndefined()
  expect(last.nextCursor).toBeUndefined()
})

test('an attempt counts for the route of its call', async () => {
  const { groups } = await ask({ by: 'route' })
  expect(groups.map(({ values, costNano, retries }) => [values[0], costNano, retries])).toEqual([
    ['chat', 5200, 1],
    ['', 1050, 0],
  ])
  expect((await ask({ by: 'connection', route: 'chat' })).groups.map(({ values }) => values[0])).toEqual([
    'openai',
    'azure',
  ])
})

test('groups open down to the traces behind them', async () => {
  for (const by of ['model', 'user', 'key', 'connection', 'route', 'day,model', 'hour', 'environment,app']) {
    for (const group of (await ask({ by })).groups) {
      const { query, from, to } = group.traces
      const page = await traces.list(project, { query, from, to, limit: 50 })
      const attempts = group.requests === 0 ? group.retries : group.requests
      expect([by, group.values, page.items.length]).toEqual([by, group.values, attempts])
    }
  }
})

test('keys have their names, days come in order, and filters narrow', async () => {
  const keys = await ask({ by: 'key' })
  expect(keys.groups[0]).toMatchObject({ values: [key], name: 'website', costNano: 5200 })
  const days = await ask({ by: 'day' })
  expect(days.groups.map(({ values, costNano }) => [values[0], costNano])).toEqual([
    ['2026-11-20T00:00:00.000Z', 1050],
    ['2026-11-21T00:00:00.000Z', 5200],
  ])
  expect((await ask({ model: 'small' })).total).toMatchObject({ requests: 3, costNano: 1050 })
  expect((await ask({ user: '' })).total).toMatchObject({ requests: 4, costNano: 1050 })
  expect((await ask({}, other)).total).toMatchObject({ requests: 1, costNano: 9_000_000 })
})

test('the series has every day and the parts of the groups', async () => {
  const { series } = await ask({ series: 'day', limit: '2' })
  expect(series).toHaveLength(21)
  expect(series?.at(-2)).toEqual({
    at: '2026-11-20T00:00:00.000Z',
    requests: 2,
    costNano: 1050,
    parts: [0, 1050],
  })
  expect(series?.at(-1)).toMatchObject({ requests: 3, costNano: 5200, parts: [5200, 0] })
})

test('the forecast adds what the days left usually cost', async () => {
  const { total, groups } = await ask({ forecast: 'true' })
  // Three Saturdays cost 1000 and three Fridays 1050; half a Saturday, a Friday and a Saturday are left.
  expect(total.forecast).toMatchObject({
    spentNano: 6250,
    atEndNano: 6250 + 850,
    method: 'weekdays',
    endsAt: '2026-12-01T00:00:00.000Z',
  })
  expect(groups[1]?.forecast?.spentNano).toBe(1050)
})

test('nothing used is nothing, and wrong questions say what is wrong', async () => {
  const empty = await ask({ from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', forecast: 'true' })
  expect(empty).toMatchObject({ groupCount: 0, groups: [], total: { requests: 0, costNano: 0 } })
  expect(empty.total.p50Ms).toBeUndefined()
  await expect(ask({ by: 'colour' })).rejects.toThrow('"by" names "colour"')
  await expect(ask({ by: 'model,model' })).rejects.toThrow('different dimensions')
  await expect(ask({ by: 'hour', from: '2026-01-01T00:00:00Z' })).rejects.toThrow('31 days in hours')
  await expect(ask({ from: '2027-01-01T00:00:00Z' })).rejects.toThrow('is not before')
  await expect(ask({ cursor: 'x' })).rejects.toThrow('"x" is not one of this list')
})
