import type { SpanRecord } from '@ratchet/contract'
import { exampleSpan, rootRowOf, spanRowOf } from '../../packages/server/src/features/traces/index.ts'
import { newId } from '../../packages/server/src/platform/ids.ts'
import { median, type BenchTable } from '../bench-table.ts'
import { openTraces } from './open-traces.ts'

const batchRows = 5_000
const rounds = 5
const batchesPerRound = 4
const spansPerTrace = 5
const body = 'What does the gateway do when a provider cuts a stream? '.repeat(6)

/** Spans per second through ingestion (checks, previews, root rows, tokens) against a bare insert of the same rows. */
export async function runSpanWritesBench(): Promise<BenchTable> {
  const { clickhouse, traces, close } = await openTraces()
  const ours: number[] = []
  const raw: number[] = []
  try {
    let batch = 0
    // The first round warms both up and is not counted.
    for (let round = 0; round <= rounds; round += 1) {
      const forUs = Array.from({ length: batchesPerRound }, () => makeRecords(batch++))
      const forRaw = Array.from({ length: batchesPerRound }, () => makeRecords(batch++).map(spanRowOf))
      const oursMs = await timed(async () => {
        for (const records of forUs) await traces.ingest({ token: newId(), records })
      })
      const rawMs = await timed(async () => {
        for (const rows of forRaw) {
          await clickhouse.insert('spans', rows, { token: newId() })
          await clickhouse.insert(
            'trace_roots',
            rows.filter((row) => row.parent_span_id === '').map(rootRowOf),
            { token: newId() },
          )
        }
      })
      if (round === 0) continue
      ours.push(rate(oursMs))
      raw.push(rate(rawMs))
    }
  } finally {
    await close()
  }
  const ratio = median(ours) / median(raw)
  return {
    title: `Span writes: ${batchRows.toLocaleString('en-US')} spans a batch, ${body.length} characters of input and output each`,
    columns: ['way', 'spans/s (median)', 'ratio'],
    rows: [
      ['bare insert of ready rows', Math.round(median(raw)).toLocaleString('en-US'), '1.00'],
      [
        'ingestion: checked, previewed, rooted, deduplicated',
        Math.round(median(ours)).toLocaleString('en-US'),
        ratio.toFixed(2),
      ],
    ],
    notes: [
      'Both write the same rows into the same embedded engine, in turns; the bare way gets its rows ready-made.',
    ],
    checks: [
      { name: 'share of the bare insert', value: ratio.toFixed(2), target: '>= 0.60', passed: ratio >= 0.6 },
    ],
  }
}

function rate(elapsedMs: number): number {
  return (batchRows * batchesPerRound * 1000) / elapsedMs
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function makeRecords(batch: number): SpanRecord[] {
  const startUs = Date.now() * 1000
  return Array.from({ length: batchRows }, (_, index) => {
    const traceId = `${hex(batch, 16)}${hex(Math.floor(index / spansPerTrace), 16)}`
    const isRoot = index % spansPerTrace === 0
    return exampleSpan({
      traceId,
      spanId: hex(index + 1, 16),
      parentSpanId: isRoot ? '' : hex(index - (index % spansPerTrace) + 1, 16),
      startUs: startUs + index,
      durationUs: 1000 + index,
      type: isRoot ? 'app' : 'llm',
      model: isRoot ? '' : `model-${index % 7}`,
      input: body,
      output: body,
    })
  })
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
