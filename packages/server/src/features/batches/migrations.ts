import { sql } from 'kysely'
import type { Migration } from '#platform/postgres/migrations.ts'

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
      created_at: Date
      next_look_at: Date | null
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
]
