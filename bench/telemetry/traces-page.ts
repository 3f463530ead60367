import { fillSpans } from '../../packages/server/src/features/traces/index.ts'
import { median, type BenchTable } from '../bench-table.ts'
import { openTraces } from './open-traces.ts'

const project = '0192aaaa-0000-7000-8000-000000000001'
const spans = 1_000_000
const spansPerTrace = 5
const repeats = 7

/** What the traces page asks of a project with a million spans, as the API's own functions answer it. */
export async function runTracesPageBench(): Promise<BenchTable> {
  const { clickhouse, traces, close } = await openTraces()
  try {
    await fillSpans(clickhouse, { project, spans, newestMs: Date.now() })
    const first = await traces.list(project, { limit: 50 })
    const someTrace = first.items[20]?.traceId ?? ''
    const questions: readonly [string, () => Promise<unknown>, number | undefined][] = [
      ['newest 50', () => traces.list(project, { limit: 50 }), 100],
      ['next 50 (page 2)', () => traces.list(project, { limit: 50, cursor: first.nextCursor }), undefined],
      ['newest 50 with errors', () => traces.list(project, { query: 'status:error', limit: 50 }), undefined],
      ['newest 50 of one user', () => traces.list(project, { query: 'user:u17', limit: 50 }), undefined],
      [
        'newest 50 slower than 2 s',
        () => traces.list(project, { query: 'latency>2s', limit: 50 }),
        undefined,
      ],
      [
        'two words in the text',
        () => traces.list(project, { query: '"gateway trace"', limit: 50 }),
        undefined,
      ],
      ['facets and figures over all', () => traces.facets(project, {}), undefined],
      ['one whole trace by id', () => traces.show(project, someTrace), undefined],
    ]
    const rows: string[][] = []
    const checks: BenchTable['checks'][number][] = []
    for (const [name, ask, targetMs] of questions) {
      const times: number[] = []
      await ask()
      for (let index = 0; index < repeats; index += 1) {
        const start = performance.now()
        await ask()
        times.push(performance.now() - start)
      }
      const middle = median(times)
      rows.push([name, middle.toFixed(0), Math.max(...times).toFixed(0)])
      if (targetMs)
        checks.push({
          name,
          value: `${middle.toFixed(0)} ms`,
          target: `< ${targetMs} ms`,
          passed: middle < targetMs,
        })
    }
    return {
      title: `Traces page over ${spans.toLocaleString('en-US')} spans (${(spans / spansPerTrace).toLocaleString('en-US')} traces)`,
      columns: ['question', 'median ms', `max of ${repeats} ms`],
      rows,
      notes: ['Embedded engine, same process, after one warm-up of each question.'],
      checks,
    }
  } finally {
    await close()
  }
}
