import { sql } from 'kysely'
import type { Queries } from '#platform/postgres/database.ts'
import { project } from './report-by-hand.ts'

/** Adds accounts of many users, each with a lease, to see what a full ledger costs. */
export async function fillLedger(queries: Queries, accounts: number): Promise<void> {
  const users = sql`from generate_series(2, ${accounts}::int4) n`
  await sql`insert into budget_accounts
    select ${project}::uuid, 'users', 'user:' || n, '2026-11', 1, 1, now() ${users}`.execute(queries)
  await sql`insert into budget_leases
    select ${project}::uuid, 'users', 'user:' || n, '2026-11', ${project}::uuid, 1, 0, 0, 0, 0 ${users}`.execute(
    queries,
  )
}
