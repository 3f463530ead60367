import { sql } from 'kysely'
import type { ColumnarMigration } from '#platform/clickhouse/columnar-migrations.ts'
import { deduplicationSettings } from '#platform/clickhouse/engine-settings.ts'
import type { Migration } from '#platform/postgres/migrations.ts'
import type { IndexDocument, IndexSettings } from './index-version.ts'

declare module '#platform/postgres/database.ts' {
  interface Database {
    index_versions: {
      project_id: string
      name: string
      version: string
      state: 'building' | 'ready' | 'failed'
      settings: IndexSettings
      documents: readonly IndexDocument[]
      /** Chunks of the whole version; 0 until it has been counted. */
      chunks: number
      /** Chunks that are stored: a build that was cut off goes on from here. */
      built_chunks: number
      error: string
      job_id: string | null
      created_at: Date
      ready_at: Date | null
    }
  }
}

/** Versions of indexes: what they are made of and how far they are. */
export const retrievalMigrations: readonly Migration[] = [
  {
    id: '0210-index-versions',
    up: async (trx) => {
      await sql`create table index_versions (
        project_id uuid not null, name text not null, version text not null, state text not null,
        settings jsonb not null, documents jsonb not null, chunks int not null, built_chunks int not null,
        error text not null, job_id text, created_at timestamptz not null, ready_at timestamptz,
        primary key (project_id, name, version))`.execute(trx)
      await sql`create index index_versions_newest on index_versions (project_id, created_at desc)`.execute(
        trx,
      )
    },
  },
]

/**
 * The version leads the sort key right after the project: a search reads the granules of one version and
 * scans its vectors exactly. An approximate index would filter after the search and lose small tenants' rows.
 */
const chunksTable = `CREATE TABLE IF NOT EXISTS index_chunks (
  project UUID,
  version FixedString(64),
  chunk UInt32,
  path String CODEC(ZSTD(1)),
  title String CODEC(ZSTD(1)),
  heading String CODEC(ZSTD(1)),
  start_offset UInt32,
  end_offset UInt32,
  text String CODEC(ZSTD(1)),
  terms UInt32,
  embedding Array(Float32) CODEC(NONE)
) ENGINE = MergeTree
ORDER BY (project, version, chunk)
SETTINGS ${deduplicationSettings}, index_granularity = 1024`

/** One row per term and chunk. The chunk's length stands beside the count, so that BM25 needs no join. */
const postingsTable = `CREATE TABLE IF NOT EXISTS index_postings (
  project UUID,
  version FixedString(64),
  term String,
  chunk UInt32,
  tf UInt32,
  terms UInt32
) ENGINE = MergeTree
ORDER BY (project, version, term, chunk)
SETTINGS ${deduplicationSettings}, index_granularity = 1024`

export const retrievalColumnarMigrations: readonly ColumnarMigration[] = [
  { id: '0110-index-chunks', statements: [chunksTable, postingsTable] },
]
