import type { SpanRecord } from '@ratchet/contract'
import { beforeEach, expect, test } from 'vitest'
import { exampleSpan } from '#features/traces'
import { silentLog } from '#platform/log.ts'
import type { Postgres } from '#platform/postgres/open-postgres.ts'
import { eachPostgres } from '#platform/testing/engines.ts'
import { batchesMigrations, makeBatches, type Batches } from './index.ts'
import type { BatchCharge } from './make-batches.ts'

const minuteMs = 60_000
const startMs = Date.UTC(2026, 10, 21, 12)

const made = (id: string, more: Partial<SpanRecord> = {}): SpanRecord =>
  exampleSpan({
    name: 'openai POST batches',
    type: 'other',
    connection: 'openai',
    startUs: startMs * 1000,
    environment: 'production',
    keyId: 'key-7',
    userId: 'ada',
    sessionId: 's1',
    attributes: JSON.stringify({ batch_created: id, batch_id: `rc_openai_${id}` }),
    ...more,
  })
const file = (id: string, routes: object): SpanRecord =>
  exampleSpan({
    name: 'openai POST files',
    type: 'other',
    connection: 'openai',
    startUs: startMs * 1000,
    attributes: JSON.stringify({ batch_file: id, batch_routes: routes }),
  })
const madeOf = (id: string, fileId: string, more: Partial<SpanRecord> = {}): SpanRecord =>
  made(id, {
    attributes: JSON.stringify({ batch_created: id, batch_id: `rc_openai_${id}`, batch_file: fileId }),
    ...more,
  })
const ended = (id: string, more: Partial<SpanRecord> = {}): SpanRecord =>
  exampleSpan({
    traceId: 'c'.repeat(32),
    name: 'batch openai/gpt',
    type: 'batch',
    connection: 'openai',
    model: 'gpt',
    keyId: '',
    costNano: 5000,
    attributes: JSON.stringify({ batch: id }),
    ...more,
  })

eachPostgres((open) => {
  let postgres: Postgres | undefined
  let nowMs = startMs
  let charges: BatchCharge[] = []
  let looks: string[] = []
  let canLook = true
  const make = (): Batches =>
    makeBatches({
      db: postgres!.db,
      clock: { now: () => nowMs },
      charge: async (charge) => void charges.push(charge),
      look: async ({ clientId }) => {
        looks.push(clientId)
        if (!canLook) throw new Error('nobody answers')
      },
      log: silentLog,
    })
  beforeEach(async () => {
    postgres ??= await open(batchesMigrations)
    await postgres.db.deleteFrom('batches').execute()
    await postgres.db.deleteFrom('batch_settlements').execute()
    await postgres.db.deleteFrom('batch_files').execute()
    nowMs = startMs
    charges = []
    looks = []
    canLook = true
  })

  test('an ended batch is stored and charged once, under the name of whoever made it', async () => {
    const batches = make()
    const plain = exampleSpan()
    expect(await batches.admit([plain, made('b1')], 'first')).toEqual([plain, made('b1')])
    const [span] = await batches.admit([ended('b1')], 'second')
    expect(span).toMatchObject({
      environment: 'production',
      keyId: 'key-7',
      userId: 'ada',
      sessionId: 's1',
      costNano: 5000,
    })
    expect(JSON.parse((span as SpanRecord).attributes)).toEqual({
      batch: 'b1',
      made_in_trace: made('b1').traceId,
    })
    expect(charges).toMatchObject([
      {
        id: 'c'.repeat(32) + 'b'.repeat(16),
        keyId: 'key-7',
        costNano: 5000,
        model: 'openai/gpt',
        app: 'docs-assistant',
        route: '',
      },
    ])
    expect(await batches.admit([plain, ended('b1')], 'third')).toEqual([plain])
    expect(await make().admit([ended('b1')], 'after a restart')).toEqual([])
    expect(charges).toHaveLength(1)
  })

  test.each([
    ['as its provider says', '2026-11-21T12:30:00.000Z', 30],
    ['when it was seen, where its provider tells nothing', undefined, 60],
    ['when it was seen, where its provider says later', '2026-11-22T12:30:00.000Z', 60],
    ['when it was made, where its provider says earlier', '1970-01-01T01:00:01.000Z', 0],
    ['when it was seen, where its provider says nonsense', 'soon', 60],
  ])('a batch is charged from its creation to its end: %s', async (_how, ended_at, minutes) => {
    const batches = make()
    await batches.admit([made('b1')], 'first')
    const attributes = JSON.stringify({ batch: 'b1', ended_at })
    await batches.admit([ended('b1', { attributes, startUs: (startMs + 60 * minuteMs) * 1000 })], 'second')
    expect(charges).toMatchObject([{ fromMs: startMs, toMs: startMs + minutes * minuteMs }])
  })

  const partsOf = (spans: readonly unknown[]) =>
    (spans as SpanRecord[]).map(({ attributes, app, costNano, usage }) => ({
      route: JSON.parse(attributes).route,
      app,
      costNano,
      usage,
    }))
  const usage = {
    inputTokens: 1001,
    outputTokens: 10,
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 1,
    units: { requests: 3 },
  }

  test('a batch counts for the app that made it and the route that its lines named, also over a restart', async () => {
    const shipment = [file('f1', { gpt: { nightly: 40 } }), madeOf('b1', 'f1', { app: 'docs' })]
    expect(await make().admit(shipment, 'first')).toEqual(shipment)
    const spans = await make().admit([ended('b1', { model: 'gpt-2026-01-01' })], 'second')
    expect(partsOf(spans)).toMatchObject([{ route: 'nightly', app: 'docs', costNano: 5000 }])
    expect(charges).toMatchObject([
      { app: 'docs', route: 'nightly', costNano: 5000, model: 'openai/gpt-2026-01-01' },
    ])
  })

  test('lines of several routes share what their model cost by their number, and leave nothing out', async () => {
    const shipment = [
      file('f1', { gpt: { nightly: 2, fast: 1, '': 4 }, other: { '': 5 } }),
      madeOf('b1', 'f1'),
      madeOf('b2', 'f2'),
    ]
    await make().admit(shipment, 'first')
    const spans = await make().admit([ended('b1', { usage, costNano: 5000 })], 'second')
    expect(partsOf(spans)).toMatchObject([
      { route: undefined, costNano: 2857 },
      { route: 'fast', costNano: 714 },
      {
        route: 'nightly',
        costNano: 1429,
        usage: { inputTokens: 286, outputTokens: 3, units: { requests: 1 } },
      },
    ])
    const sum = (read: (span: SpanRecord) => number) =>
      (spans as SpanRecord[]).reduce((total, span) => total + read(span), 0)
    expect(sum((span) => span.costNano)).toBe(5000)
    expect(sum((span) => span.usage.inputTokens)).toBe(1001)
    expect(sum((span) => span.usage.units?.requests ?? 0)).toBe(3)
    expect(charges.map(({ route, costNano }) => [route, costNano])).toEqual([
      ['', 2857],
      ['fast', 714],
      ['nightly', 1429],
    ])
    expect(new Set(charges.map(({ id }) => id)).size).toBe(3)
    // The shipment may come again, and must then bring the same.
    expect(await make().admit([ended('b1', { usage, costNano: 5000 })], 'second')).toEqual(spans)
    expect(new Set(charges.map(({ id }) => id)).size).toBe(3)
    // Another model of the same file, and a batch of a file that names no route.
    expect(
      partsOf(await make().admit([ended('b1', { model: 'other' }), ended('b2')], 'third')),
    ).toMatchObject([
      { route: undefined, costNano: 5000 },
      { route: undefined, costNano: 5000 },
    ])
  })

  test('names that a client invents break nothing', async () => {
    const odd = { 'a\0\ud800': { nightly: 1 }, constructor: { nightly: 1 }, ['__proto__']: { nightly: 1 } }
    await make().admit([file('f1', odd), madeOf('b1', 'f1'), madeOf('b2', 'f1')], 'first')
    const spans = await make().admit(
      [ended('b1', { model: 'toString' }), ended('b2', { model: 'constructor' })],
      'x',
    )
    expect(partsOf(spans)).toMatchObject([{ route: undefined }, { route: 'nightly' }])
  })

  test('a shipment that comes again brings the same span again, to be stored once under its token', async () => {
    await make().admit([made('b1')], 'first')
    const once = await make().admit([ended('b1')], 'second')
    const again = await make().admit([ended('b1')], 'second')
    expect(again).toEqual(once)
    // The ledger knows the charge by its id.
    expect(new Set(charges.map(({ id }) => id)).size).toBe(1)
  })

  test('a batch that was fetched twice before its shipment left is in it twice, and stored once', async () => {
    const batches = make()
    await batches.admit([made('b1')], 'first')
    const twice = [ended('b1'), ended('b1'), ended('b1', { model: 'other' })]
    expect(await batches.admit(twice, 'second')).toHaveLength(2)
    expect(charges).toHaveLength(2)
  })

  test('each model of a batch is settled by itself; a batch that nobody made here is not stored', async () => {
    const batches = make()
    const shipment = [made('b1'), ended('b1'), ended('b1', { model: 'other' }), ended('unknown')]
    expect(await batches.admit(shipment, 'first')).toHaveLength(3)
    const theirs = ended('b1', { project: '0192aaaa-0000-7000-8000-000000000009' })
    expect(await batches.admit([theirs, ended('b1', { connection: 'azure' })], 'second')).toEqual([])
  })

  test('records that only look like batches pass or are left to the check of records', async () => {
    const odd = [
      null,
      'text',
      { type: 'batch' },
      ended('b1', { attributes: '{}' }),
      made('b1', { attributes: '{"batch_created":7}' }),
    ]
    expect(await make().admit(odd, 'first')).toEqual(odd)
  })

  test('a batch is looked at until it is settled, ever more seldom, and given up after nine days', async () => {
    const batches = make()
    await batches.admit([made('b1'), made('b2')], 'first')
    expect(await batches.lookAtDue()).toBe(0)
    nowMs = startMs + minuteMs
    expect(await batches.lookAtDue()).toBe(2)
    expect(looks.toSorted()).toEqual(['rc_openai_b1', 'rc_openai_b2'])
    expect(await batches.lookAtDue()).toBe(0)
    await batches.admit([ended('b1')], 'second')
    nowMs += minuteMs
    canLook = false
    expect(await batches.lookAtDue()).toBe(1)
    nowMs = startMs + 600 * minuteMs
    expect(await batches.lookAtDue()).toBe(1)
    nowMs += 29 * minuteMs
    expect(await batches.lookAtDue()).toBe(0)
    nowMs += minuteMs
    expect(await batches.lookAtDue()).toBe(1)
    nowMs = startMs + 10 * 24 * 60 * minuteMs
    expect(await batches.lookAtDue()).toBe(1)
    nowMs += 24 * 60 * minuteMs
    expect(await batches.lookAtDue()).toBe(0)
    // Late is better than never.
    expect(await batches.admit([ended('b2')], 'late')).toHaveLength(1)
  })

  test('of several processes only one looks at a batch', async () => {
    await make().admit([made('b1'), made('b2'), made('b3')], 'first')
    nowMs = startMs + minuteMs
    const counts = await Promise.all([make(), make(), make()].map((batches) => batches.lookAtDue()))
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3)
    expect(looks.toSorted()).toEqual(['rc_openai_b1', 'rc_openai_b2', 'rc_openai_b3'])
  })
})
