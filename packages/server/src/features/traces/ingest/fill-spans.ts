import type { Clickhouse } from '#platform/clickhouse/open-clickhouse.ts'
import { addedColumns } from './usage-columns.ts'

export type FillOptions = {
  readonly project: string
  /** Spans in all; five make a trace, and the rest of the division is left out. */
  readonly spans: number
  /** Start of the newest trace, milliseconds; the others lie before it. */
  readonly newestMs: number
  /** Time between two traces. */
  readonly stepMs?: number
}

const spansPerTrace = 5
const wordsOfText = [
  'the',
  'how',
  'does',
  'ratchet',
  'deploy',
  'release',
  'gateway',
  'trace',
  'prompt',
  'index',
]

/**
 * Fills the tables with made-up traces inside the engine, for benchmarks and tests of size: an app, a flow, a
 * retrieval, a prompt and a model call each, with texts of about 300 characters. Once per project: the roots of
 * everything that is there are made each time.
 */
export async function fillSpans(clickhouse: Clickhouse, options: FillOptions): Promise<void> {
  const { project, newestMs, stepMs = 2000 } = options
  const traces = Math.floor(options.spans / spansPerTrace)
  const parameters = { project, newest_ms: newestMs, step_ms: stepMs, spans: traces * spansPerTrace }
  await clickhouse.command(fillSpansSql, parameters, { timeoutMs: 600_000 })
  await clickhouse.command(fillRootsSql, { project }, { timeoutMs: 600_000 })
}

const words = `['${wordsOfText.join("', '")}', concat('w', toString(cityHash64(number, i, 7) % 50000))]`
const textOf = (salt: number) =>
  `arrayStringConcat(arrayMap(i -> ${words}[cityHash64(number, i, ${salt}) % ${wordsOfText.length + 1} + 1], range(50)), ' ')`

const fillSpansSql = `INSERT INTO spans (* EXCEPT (${addedColumns.join(', ')}))
WITH intDiv(number, ${spansPerTrace}) AS t, number % ${spansPerTrace} AS k
SELECT {project:UUID} AS project,
  ['development', 'staging', 'production'][t % 3 + 1] AS environment,
  lower(hex(MD5(concat(toString({project:UUID}), toString(t))))) AS trace_id,
  lower(hex(cityHash64(number))) AS span_id,
  if(k = 0, '', lower(hex(cityHash64(number - k)))) AS parent_span_id,
  ['app/docs-assistant', 'answer', 'find', 'answer', 'offline/extractive'][k + 1] AS name,
  ['app', 'flow', 'retrieve', 'prompt', 'llm'][k + 1] AS type,
  fromUnixTimestamp64Micro(({newest_ms:Int64} - t * {step_ms:Int64}) * 1000 + k * 1000, 'UTC') AS start,
  1000000 + cityHash64(t) % 3000000 - k * 10 AS duration_us,
  cityHash64(t, 2) % 500000 AS first_token_us,
  if(cityHash64(t, 3) % 50 = 0, 'error', 'ok') AS status,
  if(status = 'error', 'provider_error', '') AS error_code,
  if(status = 'error', 'the provider said no', '') AS error_message,
  'stop' AS finish_reason,
  if(k = 4, ['openai/gpt-5', 'openai/gpt-5-mini', 'anthropic/claude', 'offline/extractive'][t % 4 + 1], '') AS model,
  if(k = 4, 'openai-compatible', '') AS provider,
  if(k = 4, 'openai', '') AS connection,
  if(k = 4, cityHash64(t, 5) % 3000, 0) AS input_tokens,
  if(k = 4, cityHash64(t, 6) % 500, 0) AS output_tokens,
  0 AS cached_input_tokens, 0 AS cache_write_tokens, 0 AS reasoning_tokens, false AS usage_estimated,
  if(k = 4, cityHash64(t, 7) % 10000000, 0) AS cost_nano, true AS cost_known,
  'docs-assistant' AS app, concat('r', toString(intDiv(t, 20000) + 1)) AS release, 'd1' AS deployment, 'main' AS arm,
  '' AS prompt, concat('s', toString(intDiv(t, 4))) AS session_id, concat('u', toString(t % 5000)) AS user_id,
  'k1' AS key_id, ${textOf(11)} AS input, ${textOf(13)} AS output,
  substring(input, 1, 300) AS input_preview, substring(output, 1, 300) AS output_preview, '{}' AS attributes
FROM numbers({spans:UInt64})`

const fillRootsSql = `INSERT INTO trace_roots
SELECT project, environment, trace_id, span_id, name, type, start, duration_us, first_token_us, status, error_message,
  model, app, release, deployment, arm, session_id, user_id, key_id, input_preview, output_preview,
  lower(concat(input, '\\n', output)) AS search_text
FROM spans WHERE project = {project:UUID} AND parent_span_id = ''`
