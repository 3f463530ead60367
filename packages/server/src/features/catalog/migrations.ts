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
      settings: unknown
      key_preview: string | null
      allow_private: boolean
      origin: string
      created_at: Date
      last_test: unknown
      models: unknown
    }
    connection_keys: {
      id: string
      project_id: string
      connection_id: string
      key_id: string
      credential: Uint8Array
      preview: string
      added_at: Date
      last_used_at: Date | null
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
  {
    id: '0021-connection-keys',
    up: async (trx) => {
      await sql`alter table connections add column settings jsonb not null default '{}'`.execute(trx)
      await sql`create table connection_keys (
        id uuid primary key,
        project_id uuid not null,
        connection_id uuid not null references connections (id) on delete cascade,
        key_id text not null,
        credential bytea not null,
        preview text not null,
        added_at timestamptz not null,
        last_used_at timestamptz
      )`.execute(trx)
      await sql`create index connection_keys_of on connection_keys (connection_id)`.execute(trx)
      // The key keeps the id of its connection: it was encrypted for the record of that id.
      await sql`insert into connection_keys (id, project_id, connection_id, key_id, credential, preview, added_at)
        select id, project_id, id, key_id, credential, coalesce(key_preview, '····'), created_at
        from connections where credential is not null`.execute(trx)
      await sql`alter table connections drop constraint connections_credential_check,
        drop column key_id, drop column credential`.execute(trx)
      await sql`update connections set key_preview = null where origin = 'stored'`.execute(trx)
    },
  },
]
