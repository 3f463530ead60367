import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SpanRecord } from '@ratchet/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeDeadLetters } from '#platform/clickhouse/dead-letter.ts'
import type { Clickhouse } from '#platform/clickhouse/open-clickhouse.ts'
import { systemClock } from '#platform/clock.ts'
import { newId } from '#platform/ids.ts'
import { silentLog } from '#platform/log.ts'
import { eachClickhouse } from '#platform/testing/engines.ts'
import { exampleSpan } from './example-span.ts'
import { fillSpans } from './ingest/fill-spans.ts'
import { tracesColumnarMigrations } from './ingest/tables.ts'
import { makeTraces, type Traces } from './traces.ts'

const ours = '0192aaaa-0000-7000-8000-000000000001'
const theirs = '0192aaaa-0000-7000-8000-000000000002'
const startUs = Date.UTC(2026, 10, 21, 8) * 1000
const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0')
const usage = {
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
}

/** Trace `n`: an app span and below it one model call, one second after the trace before. */
function traceOf(n: number, root: Partial<SpanRecord> = {}, call: Partial<SpanRecord> = {}): SpanRecord[] {
  const common = {
    traceId: hex(n, 32),
    startUs: startUs + n * 1_000_000,
    ...(root.project ? { project: root.project } : {}),
  }
  return [
    exampleSpan({ ...common, spanId: hex(n * 2, 16), ...root }),
    exampleSpan({
      ...common,
      spanId: hex(n * 2 + 1, 16),
      parentSpanId: hex(n * 2, 16),
      startUs: common.startUs + 5000,
      name: 'offline/extractive',
      type: 'llm',
      model: 'offline/extractive',
      usage: { ...usage, inputTokens: 100 * n, outputTokens: 10 },
      costNano: n * 1_000_000,
      ...call,
    }),
  ]
}

eachClickhouse((open) => {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-traces-'))
  let engine: Clickhouse
  let traces: Traces
  beforeAll(async () => {
    engine = await open(tracesColumnarMigrations)
    traces = makeTraces({
      clickhouse: engine,
      deadLetters: makeDeadLetters(folder, systemClock),
      clock: systemClock,
      makeId: newId,
      log: silentLog,
    })
    await traces.ingest({
      token: 'shipment-1',
      records: [
        ...traceOf(1, { userId: 'ada', sessionId: 's1' }),
        ...traceOf(
          2,
          { status: 'error', errorMessage: 'no answer', durationUs: 4_000_000 },
          { status: 'error', errorCode: 'timeout' },
        ),
        ...traceOf(3, { environment: 'production', output: 'Évaluation des modèles' }),
        ...traceOf(4, {
          input: '[{"role":"system","content":"Be brief"},{"role":"user","content":"Which 🚀 port?"}]',
        }),
        ...traceOf(
          5,
          { app: '', name: 'gpt-5', type: 'llm', model: 'openai/gpt-5', costNano: 7, firstTokenUs: 90_000 },
          { model: 'openai/gpt-5' },
        ),
        ...traceOf(1, { project: theirs, userId: 'ada' }),
      ],
    })
  })
  afterAll(async () => {
    await traces.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const found = async (query: string, more: object = {}) =>
    (await traces.list(ours, { query, limit: 50, ...more })).items.map((item) =>
      Number.parseInt(item.traceId, 16),
    )

  test('traces come newest first with totals over their spans', async () => {
    const page = await traces.list(ours, { limit: 50 })
    expect(page.items.map((item) => Number.parseInt(item.traceId, 16))).toEqual([5, 4, 3, 2, 1])
    expect(page.nextCursor).toBeUndefined()
    expect(page.items[0]).toMatchObject({ firstTokenMs: 90, model: 'openai/gpt-5', costNano: 5_000_007 })
    expect(page.items[1]).toMatchObject({ inputPreview: 'Which 🚀 port?' })
    expect(page.items[4]).toMatchObject({
      rootSpanId: hex(2, 16),
      startedAt: '2026-11-21T08:00:01.000Z',
      durationMs: 1500,
      model: 'offline/extractive',
      spanCount: 2,
      usage: { inputTokens: 100, outputTokens: 10 },
      costNano: 1_000_000,
      userId: 'ada',
    })
  })

  test.each([
    ['status:error', [2]],
    ['-status:error', [5, 4, 3, 1]],
    ['user:ada', [1]],
    ['environment:prod*', [3]],
    ['latency>2s', [2]],
    ['first-token<100ms', [5]],
    ['model:openai/*', [5]],
    ['type:llm model:offline/*', [4, 3, 2, 1]],
    ['-model:openai/*', [4, 3, 2, 1]],
    ['error:timeout', [2]],
    ['cost>0.0035', [5, 4]],
    ['cost<=0.001', [1]],
    ['-cost<=0.001', [5, 4, 3, 2]],
    ['tokens>=310', [5, 4, 3]],
    ['tokens>=0', [5, 4, 3, 2, 1]],
    ['DEPLOY', [5, 4, 3, 2, 1]],
    ['"ratchet deploy"', [5, 4, 2, 1]],
    ['"deploy ratchet"', []],
    ['évaluation', [3]],
    ['eval*', []],
    ['depl* -run', [3]],
    ['trace:*1', [1]],
    ['app:"" ', [5]],
    [`user:"' OR 1=1 --"`, []],
  ])('the query %s finds the traces it describes', async (query, expected) => {
    expect(await found(query)).toEqual(expected)
  })

  test('time and environment narrow, from included and to excluded', async () => {
    expect(await found('', { from: '2026-11-21T08:00:02Z', to: '2026-11-21T08:00:04Z' })).toEqual([3, 2])
    expect(
      await found('model:offline/*', { from: '2026-11-21T08:00:04Z', to: '2026-11-21T08:01:00Z' }),
    ).toEqual([4])
    expect(await found('', { environment: 'production' })).toEqual([3])
  })

  test('pages follow each other without loss or repeat', async () => {
    const seen: number[] = []
    let cursor: string | undefined
    do {
      const page = await traces.list(ours, { limit: 2, cursor })
      seen.push(...page.items.map((item) => Number.parseInt(item.traceId, 16)))
      cursor = page.nextCursor
    } while (cursor !== undefined)
    expect(seen).toEqual([5, 4, 3, 2, 1])
    await expect(traces.list(ours, { limit: 2, cursor: 'nonsense' })).rejects.toMatchObject({
      code: 'bad_request',
    })
  })

  test('facets count values, figures and time buckets of the selection', async () => {
    const all = await traces.facets(ours, {})
    expect(all).toMatchObject({ total: 5, errors: 1, p50Ms: 1500, costNano: 15_000_007 })
    const valuesOf = (field: string) => all.facets.find((facet) => facet.field === field)?.values
    expect(valuesOf('status')).toEqual([
      { value: 'ok', count: 4 },
      { value: 'error', count: 1 },
    ])
    expect(valuesOf('environment')).toEqual([
      { value: 'development', count: 4 },
      { value: 'production', count: 1 },
    ])
    expect(valuesOf('model')).toEqual([
      { value: 'offline/extractive', count: 4 },
      { value: 'openai/gpt-5', count: 1 },
    ])
    expect(all.series.map(({ traces: count }) => count)).toEqual([1, 1, 1, 1, 1])
    const some = await traces.facets(ours, { query: 'status:error' })
    expect(some).toMatchObject({ total: 1, costNano: 2_000_000 })
    // A chosen value does not hide its alternatives; other fields count within the selection.
    expect(some.facets.find(({ field }) => field === 'status')?.values).toHaveLength(2)
    expect(some.facets.find(({ field }) => field === 'environment')?.values).toHaveLength(1)
    expect(await traces.facets(ours, { query: 'user:nobody' })).toMatchObject({
      total: 0,
      series: [],
      costNano: 0,
    })
  })

  test('one trace opens as a tree with bodies unpacked, and is not found for another project', async () => {
    const trace = await traces.show(ours, hex(4, 32))
    expect(trace.spans.map((span) => span.type)).toEqual(['app', 'llm'])
    expect(trace.spans[1]).toMatchObject({
      offsetUs: 5000,
      parentSpanId: trace.spans[0]?.spanId,
      costNano: 4_000_000,
    })
    expect(trace.spans[0]?.input).toMatchObject([{ role: 'system' }, { role: 'user' }])
    expect(trace.summary).toEqual(
      (await traces.list(ours, { query: `trace:${hex(4, 32)}`, limit: 1 })).items[0],
    )
    await expect(traces.show(theirs, hex(4, 32))).rejects.toMatchObject({ code: 'not_found' })
  })

  test('a shipment that is sent again is stored once', async () => {
    const again = { token: 'shipment-again', records: traceOf(50, { environment: 'twice' }) }
    await traces.ingest(again)
    await traces.ingest(again)
    expect(await found('environment:twice')).toEqual([50])
    expect((await traces.show(ours, hex(50, 32))).spans).toHaveLength(2)
  })

  test('what has come does not wait at its gateway any more, though that sends nothing for a while', async () => {
    const spool = {
      process: 'gateway',
      spoolBytes: 5_000,
      spoolLimitBytes: 9_000,
      pendingRecords: 6,
      droppedBodies: 0,
      droppedRecords: 0,
    } as const
    const waiting = () => traces.spoolStates().map(({ pendingRecords }) => pendingRecords)
    await traces.ingest({ token: 'shipment-first', records: traceOf(55), spool })
    expect(waiting()).toEqual([4])
    await traces.ingest({
      token: 'shipment-last',
      records: traceOf(56),
      spool: { ...spool, pendingRecords: 2 },
    })
    expect(waiting()).toEqual([0])
  })

  test('a record that is no span goes to a dead letter with its reason, the rest is stored', async () => {
    const bad = { ...exampleSpan(), traceId: 'not hex' }
    const far = exampleSpan({ startUs: 5 })
    const result = await traces.ingest({
      token: 'shipment-bad',
      records: [bad, far, ...traceOf(60, { environment: 'kept' })],
    })
    expect(result).toEqual({ stored: 2, rejected: 2 })
    expect(await found('environment:kept')).toEqual([60])
    expect(readdirSync(join(folder, 'rejected_spans')).length).toBeGreaterThan(0)
    const replayed = await makeDeadLetters(folder, systemClock).replay(traces.replayInsert)
    expect(replayed.failed[0]?.message).toContain('Still not a valid span')
    rmSync(join(folder, 'rejected_spans'), { recursive: true })
  })

  test('what is no token is kept to the unit, and what was not counted is left out', async () => {
    const rich = {
      inputTokens: 900,
      outputTokens: 800,
      cachedInputTokens: 0,
      cacheWriteTokens: 300,
      reasoningTokens: 0,
      cacheWriteHourTokens: 200,
      audioInputTokens: 100,
      audioOutputTokens: 50,
      imageInputTokens: 40,
      imageOutputTokens: 30,
      units: {
        images: 2,
        audioMs: 8470,
        characters: 4096,
        searches: 5,
        fileSearches: 1,
        toolImages: 3,
        containers: 4,
        requests: 4_294_967_295,
      },
    }
    await traces.ingest({
      token: 'shipment-units',
      records: [
        ...traceOf(65, { environment: 'units', type: 'batch', usage: rich, costNano: 9, model: 'painter' }),
        exampleSpan({ traceId: hex(66, 32), usage: { ...usage, units: { audioMs: 2 ** 32 } } }),
      ],
    })
    const { spans, summary } = await traces.show(ours, hex(65, 32))
    expect(spans[0]).toMatchObject({ type: 'batch' })
    expect(spans[0]?.usage).toEqual(rich)
    expect(spans[1]?.usage).toEqual({ ...usage, inputTokens: 6500, outputTokens: 10 })
    // A batch uses tokens itself, as calls do.
    expect(summary).toMatchObject({ model: 'painter', costNano: 65_000_009, usage: { inputTokens: 7400 } })
    expect((await traces.list(ours, { query: 'environment:units', limit: 1 })).items[0]).toEqual(summary)
    expect(await found('environment:units cost>0.06')).toEqual([65])
    await expect(traces.show(ours, hex(66, 32))).rejects.toMatchObject({ code: 'not_found' })
    rmSync(join(folder, 'rejected_spans'), { recursive: true })
  })

  test('a listener sees matching traces as they arrive, complete with their totals', async () => {
    const leaving = new AbortController()
    const tail = traces.tail(ours, { query: 'user:tail' }, leaving.signal)
    const next = tail.next()
    await traces.ingestOwn([...traceOf(70, { userId: 'tail' }), ...traceOf(71)])
    expect((await next).value).toMatchObject({ traceId: hex(70, 32), spanCount: 2, costNano: 70_000_000 })
    leaving.abort()
    expect((await tail.next()).done).toBe(true)
  })

  test('a root with a remote parent is listed like any root', async () => {
    await traces.ingest({
      token: 'shipment-remote',
      records: [
        exampleSpan({
          traceId: hex(80, 32),
          environment: 'remote',
          parentSpanId: hex(9, 16),
          isLocalRoot: true,
        }),
      ],
    })
    expect(await found('environment:remote')).toEqual([80])
  })

  test('made-up traces for benchmarks look like real ones', async () => {
    const project = '0192aaaa-0000-7000-8000-000000000003'
    await fillSpans(engine, { project, spans: 1000, newestMs: Date.UTC(2026, 10, 20) })
    const page = await traces.list(project, { query: 'model:openai/* tokens>1', limit: 30 })
    expect(page.items).toHaveLength(30)
    expect(page.items[0]).toMatchObject({
      spanCount: 5,
      app: 'docs-assistant',
      startedAt: '2026-11-20T00:00:00.000Z',
    })
    const trace = await traces.show(project, page.items[0]!.traceId)
    expect(trace.spans.map((span) => span.type)).toEqual(['app', 'flow', 'retrieve', 'prompt', 'llm'])
    expect(await traces.facets(project, {})).toMatchObject({ total: 200 })
  })

  test('scores are kept with their trace and refused for a trace that is not there', async () => {
    const given = {
      traceId: hex(1, 32),
      name: 'helpful',
      value: 1,
      label: '',
      comment: 'Yes',
      origin: 'person' as const,
    }
    const score = await traces.addScore(ours, { ...given, author: 'ada' })
    expect(await traces.scoresOf(ours, hex(1, 32))).toEqual([score])
    expect(await traces.scoresOf(theirs, hex(1, 32))).toEqual([])
    await expect(
      traces.addScore(ours, { ...given, traceId: hex(999, 32), author: 'ada' }),
    ).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})
