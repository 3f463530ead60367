import { sql } from 'kysely'
import type { Migration } from '#platform/postgres/migrations.ts'

declare module '#platform/postgres/database.ts' {
  interface Database {
    connections: {
      id: string
      project_id: string
      name: string
      provider: string
      base_url: string | null
      key_id: string | null
      credential: Uint8Array | null
      key_preview: string | null
      allow_private: boolean
      origin: string
      created_at: Date
      last_test: unknown
      models: unknown
    }
  }
}

/** Connections to model providers. The credential is encrypted; those from the environment are not stored at all. */
export const catalogMigrations: readonly Migration[] = [
  {
    id: '0020-catalog',
    up: async (trx) => {
      await sql`create table connections (
        id uuid primary key,
        project_id uuid not null references projects (id),
        name text not null,
        provider text not null,
        base_url text,
        key_id text,
        credential bytea,
        key_preview text,
        allow_private boolean not null,
        origin text not null,
        created_at timestamptz not null,
        last_test jsonb,
        models jsonb,
        constraint connections_name_key unique (project_id, name),
        constraint connections_credential_check check ((credential is null) = (key_id is null))
      )`.execute(trx)
    },
  },
]
