import { type ColumnType, sql } from 'kysely'
import type { Migration } from '#platform/postgres/migrations.ts'

declare module '#platform/postgres/database.ts' {
  interface Database {
    gateway_configs: {
      project_id: string
      version: number
      config: unknown
      note: string
      author: string
      created_at: Date
      change_count: number
      file: ColumnType<string, string | undefined, never>
    }
  }
}

/** Versions of the gateway's configuration, from 1 in each project. Append-only: going back is a new version. */
export const gatewayConfigMigrations: readonly Migration[] = [
  {
    id: '0045-gateway-config',
    up: async (trx) => {
      await sql`create table gateway_configs (
        project_id uuid not null references projects (id),
        version int4 not null,
        config jsonb not null,
        note text not null,
        author text not null,
        created_at timestamptz not null,
        change_count int4 not null,
        primary key (project_id, version)
      )`.execute(trx)
      await sql`create function refuse_gateway_config_change() returns trigger language plpgsql as $$
        begin raise exception 'versions of the gateway configuration never change'; end $$`.execute(trx)
      await sql`create trigger gateway_configs_append_only before update or delete on gateway_configs
        for each row execute function refuse_gateway_config_change()`.execute(trx)
    },
  },
  {
    id: '0065-gateway-config-file',
    up: async (trx) => {
      await sql`alter table gateway_configs add column file text not null default ''`.execute(trx)
    },
  },
]
