import { sql, type Generated, type JSONColumnType } from 'kysely'
import type { Migration } from '#platform/postgres/migrations.ts'
import type { RoutedLines } from './routed-lines.ts'

declare module '#platform/postgres/database.ts' {
  interface Database {
    batches: {
      project_id: string
      connection: string
      batch_id: string
      client_id: string
      environment: string
      key_id: string
      user_id: string
      session_id: string
      trace_id: string
      /** App whose run made it; empty when none did. */
      app: Generated<string>
      /** The provider's id of the file of its requests; empty when nobody told. */
      input_file: Generated<string>
      created_at: Date
      next_look_at: Date | null
    }
    batch_files: {
      project_id: string
      connection: string
      file_id: string
      /** Lines by the provider's name of the model, then by route. */
      routes: JSONColumnType<RoutedLines>
      created_at: Date
    }
    batch_settlements: {
      project_id: string
      connection: string
      batch_id: string
      model: string
      token: string
    }
  }
}

/**
 * Batches at providers. A settlement is made once for each model of a batch, by the shipment that `token` names: the
 * same shipment may come again, because what it brings is stored once under its token.
 */
export const batchesMigrations: readonly Migration[] = [
  {
    id: '0060-batches',
    up: async (trx) => {
      await sql`create table batches (
        project_id uuid not null,
        connection text not null,
        batch_id text not null,
        client_id text not null,
        environment text not null,
        key_id text not null,
        user_id text not null,
        session_id text not null,
        trace_id text not null,
        created_at timestamptz not null,
        next_look_at timestamptz,
        primary key (project_id, connection, batch_id)
      )`.execute(trx)
      await sql`create index batches_to_look_at on batches (next_look_at) where next_look_at is not null`.execute(
        trx,
      )
      await sql`create table batch_settlements (
        project_id uuid not null,
        connection text not null,
        batch_id text not null,
        model text not null,
        token text not null,
        primary key (project_id, connection, batch_id, model)
      )`.execute(trx)
    },
  },
  {
    id: '0061-batch-routes',
    up: async (trx) => {
      await sql`alter table batches add column app text not null default '',
        add column input_file text not null default ''`.execute(trx)
      await sql`create table batch_files (
        project_id uuid not null,
        connection text not null,
        file_id text not null,
        routes jsonb not null,
        created_at timestamptz not null,
        primary key (project_id, connection, file_id)
      )`.execute(trx)
    },
  },
]
