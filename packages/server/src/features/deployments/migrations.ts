import { sql } from 'kysely'
import type { Migration } from '#platform/postgres/migrations.ts'

declare module '#platform/postgres/database.ts' {
  interface Database {
    deployments: {
      id: string
      project_id: string
      app: string
      environment: string
      sequence: number
      arms: unknown
      checks: unknown
      deployed_by: string
      deployed_at: Date
    }
  }
}

/**
 * What each environment served, and when. Append-only: a row is never changed, the next one of the same app and
 * environment ends it. `checks` holds the results of the gates that let it through.
 */
export const deploymentsMigrations: readonly Migration[] = [
  {
    id: '0040-deployments',
    up: async (trx) => {
      await sql`create table deployments (
        id uuid primary key,
        project_id uuid not null,
        app text not null,
        environment text not null,
        sequence int4 not null,
        arms jsonb not null,
        checks jsonb not null,
        deployed_by text not null,
        deployed_at timestamptz not null,
        constraint deployments_sequence_key unique (project_id, app, environment, sequence),
        foreign key (project_id, app) references apps (project_id, name),
        foreign key (project_id, environment) references environments (project_id, name)
      )`.execute(trx)
      await sql`create index deployments_by_time on deployments (project_id, app, deployed_at, id)`.execute(
        trx,
      )
      await sql`create function refuse_history_change() returns trigger language plpgsql as $$
        begin raise exception 'deployments are history and never change'; end $$`.execute(trx)
      await sql`create trigger deployments_append_only before update or delete on deployments
        for each row execute function refuse_history_change()`.execute(trx)
    },
  },
]
