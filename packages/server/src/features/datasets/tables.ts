import { sql } from 'kysely'
import type { Migration } from '#platform/postgres/migrations.ts'

declare module '#platform/postgres/database.ts' {
  interface Database {
    dataset_versions: {
      project_id: string
      name: string
      version: string
      items: number
      created_at: Date
      /** When this version was last put: a dataset's newest version is the one put last. */
      put_at: Date
    }
    dataset_rows: {
      project_id: string
      name: string
      version: string
      position: number
      item_id: string
      /** Canonical JSON as text: jsonb would lose digits of large numbers and with them the version. */
      item: string
    }
  }
}

/** Tables of datasets: versions, and their immutable rows. */
export const datasetsMigrations: readonly Migration[] = [
  {
    id: '0200-datasets',
    up: async (trx) => {
      await sql`create table dataset_versions (
        project_id uuid not null, name text not null, version text not null, items int not null,
        created_at timestamptz not null, put_at timestamptz not null,
        primary key (project_id, name, version))`.execute(trx)
      await sql`create table dataset_rows (
        project_id uuid not null, name text not null, version text not null, position int not null,
        item_id text not null, item text not null,
        primary key (project_id, name, version, position))`.execute(trx)
    },
  },
]
