import type { SpanRecord } from '@ratchet/contract'
import { beforeAll, expect, test } from 'vitest'
import { exampleSpan, spanRowOf, tracesColumnarMigrations } from '#features/traces'
import { eachClickhouse } from '#platform/testing/engines.ts'
import { countUnpriced, makeUnpricedCalls, type UnpricedUse } from './index.ts'

const project = '0192aaaa-0000-7000-8000-000000000001'
const nowMs = Date.UTC(2026, 10, 21, 8)
const dayMs = 86_400_000

eachClickhouse((open) => {
  let uses: readonly UnpricedUse[]
  beforeAll(async () => {
    const clickhouse = await open(tracesColumnarMigrations)
    const nothing = {
      inputTokens: 0,
      outputTokens: 0,
      cachedInputTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
    }
    let number = 0
    const call = (more: Partial<SpanRecord> = {}): SpanRecord =>
      exampleSpan({
        project,
        spanId: (number += 1).toString(16).padStart(16, '0'),
        type: 'llm',
        connection: 'local',
        model: 'llama',
        app: '',
        startUs: (nowMs - 60_000) * 1000,
        costNano: 0,
        costKnown: false,
        usage: { ...nothing, inputTokens: 10 },
        ...more,
      })
    const spans = [
      call({ userId: 'ada', attributes: '{"route":"support"}' }),
      call({ keyId: 'key-2', startUs: (nowMs - 3 * dayMs) * 1000 }),
      call({ model: 'other', app: 'docs', environment: 'production' }),
      // None of the month, of the project, of unknown cost, of any use.
      call({ startUs: (nowMs - 30 * dayMs) * 1000 }),
      call({ project: '0192aaaa-0000-7000-8000-000000000002' }),
      call({ costKnown: true }),
      call({ status: 'error', usage: nothing }),
      call({ type: 'app' }),
    ]
    await clickhouse.insert('spans', spans.map(spanRowOf), { token: 'unpriced' })
    uses = await makeUnpricedCalls(clickhouse)(project, nowMs)
  })

  test('calls without a known price are counted for whom a budget counts', () => {
    const count = (subject: string, period = '2026-11'): number => countUnpriced(uses, { subject, period })
    expect(count('project:')).toBe(3)
    expect(count('project:', '2026-11-21')).toBe(2)
    expect(count('user:ada')).toBe(1)
    expect(count('user:(none)')).toBe(2)
    expect(count('key:key-2')).toBe(1)
    expect(count('key:key-2', '2026-11-21')).toBe(0)
    expect(count('model:local/other')).toBe(1)
    expect(count('app:docs')).toBe(1)
    expect(count('environment:production')).toBe(1)
    expect(count('route:support')).toBe(1)
    expect(count('planet:earth')).toBe(0)
  })
})
