import type { Evaluation } from '@ratchet/contract'
import { sql } from 'kysely'
import type { ColumnarMigration } from '#platform/clickhouse/columnar-migrations.ts'
import { deduplicationSettings } from '#platform/clickhouse/engine-settings.ts'
import type { Migration } from '#platform/postgres/migrations.ts'

declare module '#platform/postgres/database.ts' {
  interface Database {
    evaluations: {
      id: string
      project_id: string
      name: string
      state: Evaluation['state']
      environment: string
      target: string
      target_release: string | null
      /** Name of the app that the target runs; null for a plain model. */
      app: string | null
      dataset_name: string
      dataset_version: string
      spec: Evaluation['spec']
      progress: Evaluation['progress']
      metrics: Evaluation['metrics']
      thresholds: Evaluation['thresholds']
      passed: boolean | null
      error: string
      job_id: string | null
      /** 1 at first, one more at each resume: results of a later round replace failed ones of an earlier. */
      round: number
      created_by: string
      created_at: Date
      ended_at: Date | null
    }
  }
}

/** Runs of targets over datasets, with their figures. */
export const evaluationsMigrations: readonly Migration[] = [
  {
    id: '0220-evaluations',
    up: async (trx) => {
      await sql`create table evaluations (
        id uuid primary key, project_id uuid not null, name text not null, state text not null,
        environment text not null, target text not null, target_release text, app text,
        dataset_name text not null, dataset_version text not null, spec jsonb not null, progress jsonb not null,
        metrics jsonb not null, thresholds jsonb not null, passed boolean, error text not null, job_id text,
        round int not null, created_by text not null, created_at timestamptz not null, ended_at timestamptz)`.execute(
        trx,
      )
      await sql`create index evaluations_newest on evaluations (project_id, id desc)`.execute(trx)
    },
  },
]

/** One result per item, repeat and round. `failed`: the target gave an error, or an evaluator said no. */
const itemsTable = `CREATE TABLE IF NOT EXISTS evaluation_items (
  project UUID,
  evaluation UUID,
  position UInt32,
  repeat UInt16,
  round UInt16,
  item_id String,
  inputs String CODEC(ZSTD(1)),
  expected String CODEC(ZSTD(1)),
  metadata String CODEC(ZSTD(1)),
  output String CODEC(ZSTD(1)),
  error String CODEC(ZSTD(1)),
  trace_id String,
  latency_ms Float64,
  cost_nano Int64,
  scores String CODEC(ZSTD(1)),
  failed Bool,
  created_at DateTime64(3, 'UTC')
) ENGINE = MergeTree
ORDER BY (project, evaluation, position, repeat, round)
SETTINGS ${deduplicationSettings}, index_granularity = 1024`

export const evaluationsColumnarMigrations: readonly ColumnarMigration[] = [
  { id: '0120-evaluation-items', statements: [itemsTable] },
]
