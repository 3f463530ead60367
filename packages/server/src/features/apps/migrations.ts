import { sql } from 'kysely'
import type { Migration } from '#platform/postgres/migrations.ts'

declare module '#platform/postgres/database.ts' {
  interface Database {
    apps: {
      project_id: string
      name: string
      description: string
      owner: string
      release_count: number
      created_at: Date
    }
    releases: {
      id: string
      project_id: string
      app: string
      number: number | null
      digest: string
      description: string
      git: unknown
      author: string
      created_at: Date
      entry: string
      models: unknown
      flows: unknown
      indexes: unknown
      file_count: number
    }
    release_files: { release_id: string; path: string; kind: string; digest: string; size_bytes: number }
  }
}

/** Apps, their immutable releases (a draft is one without a number), and the files of each. */
export const appsMigrations: readonly Migration[] = [
  {
    id: '0030-apps',
    up: async (trx) => {
      await sql`create table apps (
        project_id uuid not null references projects (id),
        name text not null,
        description text not null,
        owner text not null,
        release_count int4 not null,
        created_at timestamptz not null,
        primary key (project_id, name)
      )`.execute(trx)
      await sql`create table releases (
        id uuid primary key,
        project_id uuid not null references projects (id),
        app text not null,
        number int4,
        digest text not null,
        description text not null,
        git jsonb,
        author text not null,
        created_at timestamptz not null,
        entry text not null,
        models jsonb not null,
        flows jsonb not null,
        indexes jsonb not null,
        file_count int4 not null,
        constraint releases_digest_key unique (project_id, app, digest),
        constraint releases_number_key unique (project_id, app, number)
      )`.execute(trx)
      await sql`create index releases_by_digest on releases (project_id, digest)`.execute(trx)
      await sql`create table release_files (
        release_id uuid not null references releases (id),
        path text not null,
        kind text not null,
        digest text not null,
        size_bytes int4 not null,
        primary key (release_id, path)
      )`.execute(trx)
    },
  },
]
