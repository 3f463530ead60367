import { sql } from 'kysely'
import type { Migration } from '#platform/postgres/migrations.ts'

declare module '#platform/postgres/database.ts' {
  interface Database {
    cache_days: {
      project_id: string
      policy: string
      day: string
      hits: number
      semantic_hits: number
      misses: number
      bypasses: number
      saved_nano: string
      saved_ms: number
      checks: number
      agreement: number
      disagreements: number
    }
    cache_reporters: { instance: string; sequence: number; seen_at: Date }
    cache_forgets: {
      id: string
      project_id: string
      policy: string | null
      model: string | null
      key_prefix: string | null
      before_ms: number
      author: string
    }
  }
}

/** What the caches of gateways did, by day in UTC, and what they were told to forget. */
export const gatewayCacheMigrations: readonly Migration[] = [
  {
    id: '0055-gateway-cache',
    up: async (trx) => {
      await sql`create table cache_days (
        project_id uuid not null,
        policy text not null,
        day date not null,
        hits int8 not null,
        semantic_hits int8 not null,
        misses int8 not null,
        bypasses int8 not null,
        saved_nano numeric not null,
        saved_ms float8 not null,
        checks int8 not null,
        agreement float8 not null,
        disagreements int8 not null,
        primary key (project_id, day, policy)
      )`.execute(trx)
      await sql`create table cache_reporters (
        instance uuid primary key,
        sequence int8 not null,
        seen_at timestamptz not null
      )`.execute(trx)
      await sql`create table cache_forgets (
        id uuid primary key,
        project_id uuid not null,
        policy text,
        model text,
        key_prefix text,
        before_ms int8 not null,
        author text not null
      )`.execute(trx)
      await sql`create index cache_forgets_by_time on cache_forgets (before_ms)`.execute(trx)
    },
  },
]
