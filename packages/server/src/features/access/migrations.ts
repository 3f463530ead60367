import { sql } from 'kysely'
import type { Migration } from '#platform/postgres/migrations.ts'

declare module '#platform/postgres/database.ts' {
  interface Database {
    projects: { id: string; name: string; created_at: Date }
    environments: { project_id: string; name: string; position: number }
    api_keys: {
      id: string
      project_id: string
      public_id: string
      secret_hash: string
      name: string
      environment: string
      scopes: unknown
      created_by: string
      created_at: Date
      expires_at: Date | null
      last_used_at: Date | null
      revoked_at: Date | null
    }
    console_links: {
      token_hash: string
      project_id: string | null
      permissions: unknown
      created_by: string
      expires_at: Date
      used_at: Date | null
    }
    sessions: {
      id: string
      token_hash: string
      project_id: string | null
      permissions: unknown
      created_by: string
      created_at: Date
      last_used_at: Date
    }
  }
}

/** Projects with their environments, API keys, one-time console links and console sessions. */
export const accessMigrations: readonly Migration[] = [
  {
    id: '0010-access',
    up: async (trx) => {
      await sql`create table projects (
        id uuid primary key,
        name text not null constraint projects_name_key unique,
        created_at timestamptz not null
      )`.execute(trx)
      await sql`create table environments (
        project_id uuid not null references projects (id),
        name text not null,
        position int4 not null,
        primary key (project_id, name)
      )`.execute(trx)
      await sql`create table api_keys (
        id uuid primary key,
        project_id uuid not null,
        public_id text not null constraint api_keys_public_id_key unique,
        secret_hash text not null,
        name text not null,
        environment text not null,
        scopes jsonb not null,
        created_by text not null,
        created_at timestamptz not null,
        expires_at timestamptz,
        last_used_at timestamptz,
        revoked_at timestamptz,
        foreign key (project_id, environment) references environments (project_id, name)
      )`.execute(trx)
      await sql`create index api_keys_by_age on api_keys (project_id, created_at, id)`.execute(trx)
      await sql`create table console_links (
        token_hash text primary key,
        project_id uuid references projects (id),
        permissions jsonb not null,
        created_by text not null,
        expires_at timestamptz not null,
        used_at timestamptz
      )`.execute(trx)
      await sql`create table sessions (
        id uuid primary key,
        token_hash text not null constraint sessions_token_hash_key unique,
        project_id uuid references projects (id),
        permissions jsonb not null,
        created_by text not null,
        created_at timestamptz not null,
        last_used_at timestamptz not null
      )`.execute(trx)
    },
  },
  {
    id: '0011-gateway-permissions',
    up: async (trx) => {
      // Whoever held every permission, or every one to read, holds those that came later too.
      for (const [table, column] of [
        ['api_keys', 'scopes'],
        ['sessions', 'permissions'],
        ['console_links', 'permissions'],
      ] as const) {
        const held = sql.ref(column)
        await sql`update ${sql.table(table)} set ${held} = ${held} || '["gateway:read", "gateway:write"]'::jsonb
          where ${held} @> '["project:admin", "key:write", "connection:write", "model:invoke", "job:write"]'::jsonb`.execute(
          trx,
        )
        await sql`update ${sql.table(table)} set ${held} = ${held} || '["gateway:read"]'::jsonb
          where ${held} @> '["project:read", "key:read", "connection:read", "trace:read", "job:read"]'::jsonb
            and not ${held} @> '["gateway:read"]'::jsonb`.execute(trx)
      }
    },
  },
]
