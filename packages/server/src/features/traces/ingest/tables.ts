import type { ColumnarMigration } from '#platform/clickhouse/columnar-migrations.ts'
import { deduplicationSettings } from '#platform/clickhouse/engine-settings.ts'
import { partColumns, toolColumns, unitColumns } from './usage-columns.ts'

/**
 * Every span, whole and immutable. Sorted by minute, so that a time range reads few granules, and by trace
 * within the minute. Previews live beside the bodies because a columnar read touches only what it names.
 */
const spansTable = `CREATE TABLE IF NOT EXISTS spans (
  project UUID,
  environment LowCardinality(String),
  trace_id FixedString(32),
  span_id FixedString(16),
  parent_span_id String,
  name LowCardinality(String),
  type LowCardinality(String),
  start DateTime64(6, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  duration_us UInt64 CODEC(ZSTD(1)),
  first_token_us UInt64 CODEC(ZSTD(1)),
  status LowCardinality(String),
  error_code LowCardinality(String),
  error_message String CODEC(ZSTD(1)),
  finish_reason LowCardinality(String),
  model LowCardinality(String),
  provider LowCardinality(String),
  connection LowCardinality(String),
  input_tokens UInt32,
  output_tokens UInt32,
  cached_input_tokens UInt32,
  cache_write_tokens UInt32,
  reasoning_tokens UInt32,
  usage_estimated Bool,
  cost_nano Int64,
  cost_known Bool,
  app LowCardinality(String),
  release LowCardinality(String),
  deployment LowCardinality(String),
  arm LowCardinality(String),
  prompt LowCardinality(String),
  session_id String CODEC(ZSTD(1)),
  user_id String CODEC(ZSTD(1)),
  key_id LowCardinality(String),
  input String CODEC(ZSTD(1)),
  output String CODEC(ZSTD(1)),
  input_preview String CODEC(ZSTD(1)),
  output_preview String CODEC(ZSTD(1)),
  attributes String CODEC(ZSTD(1)),
  INDEX by_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toYYYYMM(start)
ORDER BY (project, toStartOfMinute(start), cityHash64(trace_id), span_id)
SETTINGS ${deduplicationSettings}`

/**
 * One narrow row per root span, so that the list never scans children. Small granules: the list reads 50 wide
 * rows scattered over many granules when a filter is rare, and whole granules are what is decompressed.
 */
const traceRootsTable = `CREATE TABLE IF NOT EXISTS trace_roots (
  project UUID,
  environment LowCardinality(String),
  trace_id FixedString(32),
  span_id FixedString(16),
  name LowCardinality(String),
  type LowCardinality(String),
  start DateTime64(6, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
  duration_us UInt64 CODEC(ZSTD(1)),
  first_token_us UInt64 CODEC(ZSTD(1)),
  status LowCardinality(String),
  error_message String CODEC(ZSTD(1)),
  model LowCardinality(String),
  app LowCardinality(String),
  release LowCardinality(String),
  deployment LowCardinality(String),
  arm LowCardinality(String),
  session_id String CODEC(ZSTD(1)),
  user_id String CODEC(ZSTD(1)),
  key_id LowCardinality(String),
  input_preview String CODEC(ZSTD(1)),
  output_preview String CODEC(ZSTD(1)),
  search_text String CODEC(ZSTD(1)),
  INDEX by_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX by_user user_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_session session_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_word search_text TYPE tokenbf_v1(32768, 3, 0) GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toYYYYMM(start)
ORDER BY (project, start, trace_id)
SETTINGS ${deduplicationSettings}, index_granularity = 512`

const scoresTable = `CREATE TABLE IF NOT EXISTS scores (
  project UUID,
  id UUID,
  trace_id FixedString(32),
  span_id String,
  name LowCardinality(String),
  value Nullable(Float64),
  label String,
  comment String CODEC(ZSTD(1)),
  origin LowCardinality(String),
  author String,
  created_at DateTime64(3, 'UTC')
) ENGINE = MergeTree
ORDER BY (project, trace_id, created_at, id)
SETTINGS ${deduplicationSettings}`

/** Few calls have any of these; a column of zeros takes next to no room. */
const usageColumnsAdded = `ALTER TABLE spans ${[...Object.keys(partColumns), ...Object.keys(unitColumns)]
  .map((column) => `ADD COLUMN IF NOT EXISTS ${column} UInt32`)
  .join(', ')}`

const toolColumnsAdded = `ALTER TABLE spans ${Object.keys(toolColumns)
  .map((column) => `ADD COLUMN IF NOT EXISTS ${column} UInt32`)
  .join(', ')}`

/** Tables of spans, their roots, and scores. */
export const tracesColumnarMigrations: readonly ColumnarMigration[] = [
  { id: '0100-spans', statements: [spansTable, traceRootsTable] },
  { id: '0101-scores', statements: [scoresTable] },
  { id: '0102-usage-units', statements: [usageColumnsAdded] },
  { id: '0103-usage-of-tools', statements: [toolColumnsAdded] },
]
