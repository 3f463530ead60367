import type { SpanRecord } from '@ratchet/contract'
import { beforeAll, expect, test } from 'vitest'
import { exampleSpan, spanRowOf, tracesColumnarMigrations } from '#features/traces'
import { eachClickhouse } from '#platform/testing/engines.ts'
import { makeSpanSpend, type SpanSpend } from './index.ts'

const project = '0192aaaa-0000-7000-8000-000000000001'
const startMs = Date.UTC(2026, 10, 21, 8)

eachClickhouse((open) => {
  let spend: SpanSpend
  beforeAll(async () => {
    const clickhouse = await open(tracesColumnarMigrations)
    let number = 0
    const call = (more: Partial<SpanRecord>): SpanRecord =>
      exampleSpan({
        project,
        spanId: (number += 1).toString(16).padStart(16, '0'),
        type: 'llm',
        connection: 'openai',
        model: 'gpt',
        app: '',
        startUs: startMs * 1000,
        durationUs: 2_000_000,
        costNano: 1,
        ...more,
      })
    const spans = [
      call({ userId: 'ada' }),
      call({ keyId: 'key-2', costNano: 10 }),
      call({ environment: 'production', costNano: 100 }),
      call({ app: 'docs', costNano: 1_000 }),
      call({ model: 'other', costNano: 10_000 }),
      call({ durationUs: 60_000_000, costNano: 100_000 }),
      call({ startUs: (startMs - 1_000) * 1000, costNano: 1_000_000 }),
      call({ project: '0192aaaa-0000-7000-8000-000000000002', costNano: 7 }),
      // What an app cost is what the calls inside it cost.
      call({ type: 'app', app: 'docs', costNano: 1_000 }),
    ]
    await clickhouse.insert('spans', spans.map(spanRowOf), { token: 'spans' })
    spend = makeSpanSpend(clickhouse)
  })

  const of = (subject: string, endedByMs = startMs + 10_000): Promise<number | undefined> =>
    spend({ project, budget: 'team', subject, period: '2026-11-21' }, { fromMs: startMs, endedByMs })

  test('counts calls of the subject that ended in time, and each cost once', async () => {
    expect(await of('project:')).toBe(11_111)
    expect(await of('project:', startMs + 120_000)).toBe(111_111)
    expect(await of('project:', startMs + 1_000)).toBe(0)
    expect(await of('user:ada')).toBe(1)
    expect(await of('user:(none)')).toBe(11_110)
    expect(await of('key:key-2')).toBe(10)
    expect(await of('environment:production')).toBe(100)
    expect(await of('app:docs')).toBe(1_000)
    expect(await of('model:openai/other')).toBe(10_000)
  })

  test('says nothing about what spans do not hold', async () => {
    expect(await of('route:support')).toBeUndefined()
    expect(await of('planet:earth')).toBeUndefined()
  })
})
