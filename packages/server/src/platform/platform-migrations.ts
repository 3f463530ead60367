import { jobsMigration } from './jobs/job-table.ts'
import type { Migration } from './postgres/migrations.ts'
import { projectKeysMigration } from './secrets/project-keys.ts'

/** Tables of the platform itself; give them to `openPostgres` together with those of the features. */
export const platformMigrations: readonly Migration[] = [projectKeysMigration, jobsMigration]
