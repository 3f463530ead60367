import { totalmem } from 'node:os'
import type { ClickHouseSettings } from '@clickhouse/client'

const gib = 1024 ** 3

/** Memory for the embedded engine when the configuration says nothing: a quarter of the machine, 1 to 8 GiB. */
export function defaultMemoryBytes(): number {
  return Math.round(Math.min(8 * gib, Math.max(gib, totalmem() / 4)))
}

/** Settings of every query on both engines. */
export function alwaysSettings(memoryBytes: number): ClickHouseSettings {
  return {
    // After a vector search, this cache makes a later count() with the same WHERE wrong (ClickHouse 26.7).
    use_query_condition_cache: 0,
    session_timezone: 'UTC',
    max_memory_usage: String(Math.floor(memoryBytes * 0.7)),
    // Counts and sums arrive as numbers; select toString(...) where more than 2^53 is possible.
    output_format_json_quote_64bit_integers: 0,
    date_time_input_format: 'best_effort',
    input_format_skip_unknown_fields: 0,
    // Inserts return when the rows are on disk, not when they are queued.
    async_insert: 0,
  }
}

/** Arguments of the embedded engine's start: caches sized for a shared machine instead of a server of its own. */
export function embeddedArguments(memoryBytes: number): string[] {
  const mib = 1024 ** 2
  return [
    `--max_server_memory_usage=${memoryBytes}`,
    `--mark_cache_size=${128 * mib}`,
    `--index_mark_cache_size=${64 * mib}`,
    `--primary_index_cache_size=${128 * mib}`,
    `--query_condition_cache_size=${mib}`,
    '--background_pool_size=2',
    '--background_schedule_pool_size=2',
    '--max_thread_pool_size=200',
  ]
}

/**
 * Ends every MergeTree DDL of ours: a batch that is sent again within the last 10,000 inserts is stored once,
 * recognised by its `insert_deduplication_token`. No FINAL and no deduplication at read time.
 */
export const deduplicationSettings = 'non_replicated_deduplication_window = 10000'
