import type { Job } from '@ratchet/contract'
import { sql } from 'kysely'
import type { Migration } from '../postgres/migrations.ts'

export type JobState = Job['state']
export type JobProgress = NonNullable<Job['progress']>

export type JobRow = {
  id: string
  project_id: string | null
  name: string
  /** At most one waiting or running job of a name and project has a given key. */
  key: string | null
  state: JobState
  summary: string
  payload: unknown
  progress: JobProgress | null
  error: string | null
  attempts: number
  failures: number
  /** How often the process died while it ran this job. */
  crashes: number
  /** The queue entry that may run it now; anything older is void. */
  queue_id: string
  created_at: Date
  started_at: Date | null
  ended_at: Date | null
}

declare module '../postgres/database.ts' {
  interface Database {
    jobs: JobRow
  }
}

export const jobsMigration: Migration = {
  id: '0003-jobs',
  up: async (trx) => {
    await sql`create table jobs (
      id uuid primary key,
      project_id uuid,
      name text not null,
      key text,
      state text not null check (state in ('queued', 'running', 'retrying', 'done', 'failed', 'cancelled')),
      summary text not null,
      payload jsonb not null,
      progress jsonb,
      error text,
      attempts int4 not null default 0,
      failures int4 not null default 0,
      crashes int4 not null default 0,
      queue_id uuid not null,
      created_at timestamptz not null,
      started_at timestamptz,
      ended_at timestamptz
    )`.execute(trx)
    await sql`create unique index jobs_key on jobs (name, project_id, key) nulls not distinct
      where key is not null and state in ('queued', 'running', 'retrying')`.execute(trx)
    await sql`create index jobs_by_project on jobs (project_id, id desc)`.execute(trx)
    await sql`create index jobs_unfinished on jobs (queue_id) where state in ('queued', 'running', 'retrying')`.execute(
      trx,
    )
  },
}

/** The states in which a job may still run. */
export const unfinished = ['queued', 'running', 'retrying'] as const

/** The row as the API shows it. */
export function toJob(row: JobRow): Job {
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    summary: row.summary,
    attempts: row.attempts,
    createdAt: row.created_at.toISOString(),
    ...(row.progress ? { progress: row.progress } : {}),
    ...(row.error === null ? {} : { error: row.error }),
    ...(row.started_at ? { startedAt: row.started_at.toISOString() } : {}),
    ...(row.ended_at ? { endedAt: row.ended_at.toISOString() } : {}),
  }
}
