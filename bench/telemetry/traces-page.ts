import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeTraces, tracesColumnarMigrations } from '../../packages/server/src/features/traces/index.ts'
import { makeDeadLetters } from '../../packages/server/src/platform/clickhouse/dead-letter.ts'
import {
  openClickhouse,
  type Clickhouse,
} from '../../packages/server/src/platform/clickhouse/open-clickhouse.ts'
import { systemClock } from '../../packages/server/src/platform/clock.ts'
import { newId } from '../../packages/server/src/platform/ids.ts'
import { silentLog } from '../../packages/server/src/platform/log.ts'
import { median, type BenchTable } from '../bench-table.ts'

const project = '0192aaaa-0000-7000-8000-000000000001'
const spans = 1_000_000
const spansPerTrace = 5
const repeats = 7

/** What the traces page asks of a project with a million spans, as the API's own functions answer it. */
export async function runTracesPageBench(): Promise<BenchTable> {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-bench-'))
  const clickhouse = await openClickhouse({
    folder: join(folder, 'clickhouse'),
    migrations: tracesColumnarMigrations,
    log: silentLog,
  })
  const traces = makeTraces({
    clickhouse,
    deadLetters: makeDeadLetters(join(folder, 'dead'), systemClock),
    clock: systemClock,
    makeId: newId,
    log: silentLog,
  })
  try {
    await generateSpans(clickhouse, spans)
    const first = await traces.list(project, { limit: 50 })
    const someTrace = first.items[20]?.traceId ?? ''
    const questions: readonly [string, () => Promise<unknown>, number | undefined][] = [
      ['newest 50', () => traces.list(project, { limit: 50 }), 100],
      ['next 50 (page 2)', () => traces.list(project, { limit: 50, cursor: first.nextCursor }), undefined],
      ['newest 50 with errors', () => traces.list(project, { query: 'status:error', limit: 50 }), undefined],
      ['newest 50 of one user', () => traces.list(project, { query: 'user:user-17', limit: 50 }), undefined],
      [
        'newest 50 slower than 2 s',
        () => traces.list(project, { query: 'latency>2s', limit: 50 }),
        undefined,
      ],
      [
        'two words in the text',
        () => traces.list(project, { query: '"gateway stream"', limit: 50 }),
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
    await traces.stop()
    await clickhouse.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Rows made inside the engine, spread over 30 days, newest last. */
async function generateSpans(clickhouse: Clickhouse, count: number): Promise<void> {
  const trace = `intDiv(number, ${spansPerTrace})`
  const isRoot = `number % ${spansPerTrace} = 0`
  const start = `toDateTime64(now(), 6) - toIntervalSecond(toUInt32((${count} - number) * 2592000 / ${count}))`
  const question = `'How does the gateway handle a provider that cuts a stream in the middle of an answer?'`
  const answer = `repeat('It sends an error event and no end mark, so a cut answer never looks complete. ', 4)`
  const shared = `
    toUUID('${project}') AS project, ['development','staging','production'][1 + ${trace} % 3] AS environment,
    lower(hex(MD5(toString(${trace})))) AS trace_id, lower(leftPad(hex(number + 1), 16, '0')) AS span_id,
    if(${isRoot}, 'app/docs-assistant', ['answer','find','chat','tool'][1 + number % 4]) AS name,
    if(${isRoot}, 'app', ['llm','retrieve','prompt','flow'][1 + number % 4]) AS type,
    ${start} AS start, 1000 + cityHash64(number) % 3000000 AS duration_us, if(${isRoot}, 200000, 0) AS first_token_us,
    if(cityHash64(${trace}) % 50 = 0, 'error', 'ok') AS status,
    if(cityHash64(${trace}) % 50 = 0, 'the provider cut the stream', '') AS error_message,
    if(${isRoot}, '', concat('openai/model-', toString(number % 7))) AS model,
    'docs-assistant' AS app, concat('r', toString(1 + intDiv(number, ${count / 10}))) AS release, '' AS deployment, 'main' AS arm,
    concat('session-', toString(${trace} % 20000)) AS session_id, concat('user-', toString(${trace} % 1000)) AS user_id,
    'key-1' AS key_id`
  await clickhouse.command(
    `INSERT INTO spans (project, environment, trace_id, span_id, name, type, start, duration_us, first_token_us, status, error_message, model,
      app, release, deployment, arm, session_id, user_id, key_id, parent_span_id, input_tokens, output_tokens, cost_nano, cost_known, input, output, input_preview, output_preview, attributes)
     SELECT ${shared}, if(${isRoot}, '', lower(leftPad(hex(number - number % ${spansPerTrace} + 1), 16, '0'))), 800, 120, 1200000, true,
      ${question}, ${answer}, ${question}, left(${answer}, 300), '{}' FROM numbers(${count})`,
    {},
    { timeoutMs: 300_000 },
  )
  await clickhouse.command(
    `INSERT INTO trace_roots (project, environment, trace_id, span_id, name, type, start, duration_us, first_token_us, status, error_message, model,
      app, release, deployment, arm, session_id, user_id, key_id, input_preview, output_preview, search_text)
     SELECT ${shared}, ${question}, left(${answer}, 300), concat(${question}, ' ', ${answer}) FROM numbers(${count}) WHERE ${isRoot}`,
    {},
    { timeoutMs: 300_000 },
  )
}
