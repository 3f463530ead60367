import { sql, type RawBuilder } from 'kysely'
import type { Queries, Trx } from '#platform/postgres/database.ts'
import { jsonb } from '#platform/postgres/transaction.ts'

/** Names one account: what one subject spends of one budget in one period. */
export type AccountKey = {
  readonly project: string
  readonly budget: string
  readonly subject: string
  readonly period: string
}

/** What a process may spend of an account without asking. */
export type Lease = {
  readonly instance: string
  readonly sequence: number
  readonly heldNano: number
  readonly grantedNano: number
  /** Put on the account when the process fell silent. */
  readonly chargedNano: number
}

/** An account as a transaction has locked it. */
export type LockedAccount = AccountKey & { readonly spentNano: number; readonly leases: readonly Lease[] }

/** Locks the reporter's row until the transaction ends and gives the last number it reported, 0 for a new one. */
export async function lockReporter(trx: Trx, instance: string, now: Date): Promise<number> {
  const row = await trx
    .insertInto('limit_reporters')
    .values({ instance, sequence: 0, seen_at: now })
    .onConflict((conflict) => conflict.column('instance').doUpdateSet({ seen_at: now }))
    .returning('sequence')
    .executeTakeFirstOrThrow()
  return row.sequence
}

export async function noteSequence(trx: Trx, instance: string, sequence: number): Promise<void> {
  await trx.updateTable('limit_reporters').set({ sequence }).where('instance', '=', instance).execute()
}

/** Says that a known reporter is alive; one without leases has no row to keep. */
export async function noteAlive(queries: Queries, instance: string, now: Date): Promise<void> {
  await queries
    .updateTable('limit_reporters')
    .set({ seen_at: now })
    .where('instance', '=', instance)
    .execute()
}

/** Opens accounts that are not there yet and locks all of them. Always in the same order, so that no two reports wait for each other. */
export async function lockAccounts(
  trx: Trx,
  accounts: readonly (AccountKey & { limitNano: number })[],
  now: Date,
): Promise<LockedAccount[]> {
  if (accounts.length === 0) return []
  const { rows: locked } = await sql<AccountRow>`insert into budget_accounts
      (project_id, budget, subject, period, limit_nano, spent_nano, updated_at)
    select project, budget, subject, period, "limitNano", 0, ${now}
    from ${recordset(accounts, '"limitNano" numeric')} order by project, period, budget, subject
    on conflict (project_id, period, budget, subject)
      do update set limit_nano = excluded.limit_nano, updated_at = excluded.updated_at
    returning project_id, budget, subject, period, spent_nano`.execute(trx)
  const { rows: leases } = await sql<AccountRow & LeaseRow>`
    select lease.* from ${recordset(accounts)} join budget_leases lease on ${sameAccount('lease')}`.execute(
    trx,
  )
  const spent = new Map(locked.map((row) => [keyOf(row), Number(row.spent_nano)]))
  const byAccount = Map.groupBy(leases, keyOf)
  return accounts.map((account) => {
    const key = accountText(account)
    return { ...account, spentNano: spent.get(key) ?? 0, leases: (byAccount.get(key) ?? []).map(leaseOf) }
  })
}

/** Adds to what is spent, also by day; below zero when a charge is taken back. */
export async function addSpending(
  trx: Trx,
  amounts: readonly (AccountKey & { amountNano: number; day: string })[],
): Promise<void> {
  const added = amounts.filter(({ amountNano }) => amountNano !== 0)
  if (added.length === 0) return
  await sql`update budget_accounts account set spent_nano = account.spent_nano + "amountNano"
    from ${recordset(added, '"amountNano" numeric')} where ${sameAccount('account')}`.execute(trx)
  await sql`insert into budget_days (project_id, budget, subject, day, spent_nano)
    select project, budget, subject, day, "amountNano" from ${recordset(added, '"amountNano" numeric, day date')}
    on conflict (project_id, budget, subject, day)
      do update set spent_nano = budget_days.spent_nano + excluded.spent_nano`.execute(trx)
}

export async function saveLeases(
  trx: Trx,
  leases: readonly (AccountKey & Lease & { spentSeenNano: number })[],
): Promise<void> {
  if (leases.length === 0) return
  const columns =
    'instance uuid, sequence int8, "heldNano" numeric, "grantedNano" numeric, "spentSeenNano" numeric, "chargedNano" numeric'
  await sql`insert into budget_leases
      (project_id, budget, subject, period, instance, sequence, held_nano, granted_nano, spent_seen_nano, charged_nano)
    select project, budget, subject, period, instance, sequence, "heldNano", "grantedNano", "spentSeenNano", "chargedNano"
    from ${recordset(leases, columns)}
    on conflict (project_id, period, budget, subject, instance) do update set
      sequence = excluded.sequence, held_nano = excluded.held_nano, granted_nano = excluded.granted_nano,
      spent_seen_nano = excluded.spent_seen_nano, charged_nano = excluded.charged_nano`.execute(trx)
}

/** The process is gone and said so: nothing that it held is held any more. */
export async function dropLeases(trx: Trx, instance: string): Promise<void> {
  await trx
    .updateTable('budget_leases')
    .set({ held_nano: '0' })
    .where('instance', '=', instance)
    .where('held_nano', '>', '0')
    .execute()
}

type AccountRow = { project_id: string; budget: string; subject: string; period: string; spent_nano: string }
type LeaseRow = {
  instance: string
  sequence: number
  held_nano: string
  granted_nano: string
  charged_nano: string
}

function leaseOf(row: LeaseRow): Lease {
  return {
    instance: row.instance,
    sequence: row.sequence,
    heldNano: Number(row.held_nano),
    grantedNano: Number(row.granted_nano),
    chargedNano: Number(row.charged_nano),
  }
}

function keyOf(row: Omit<AccountRow, 'spent_nano'>): string {
  return accountText({ ...row, project: row.project_id })
}

function accountText({ project, budget, subject, period }: AccountKey): string {
  return JSON.stringify([project, period, budget, subject])
}

/** The rows as a table named `given`. */
function recordset(rows: readonly AccountKey[], more = ''): RawBuilder<unknown> {
  const columns = `project uuid, budget text, subject text, period text${more === '' ? '' : `, ${more}`}`
  return sql`jsonb_to_recordset(${jsonb(rows)}) as given(${sql.raw(columns)})`
}

function sameAccount(table: 'account' | 'lease'): RawBuilder<unknown> {
  const pairs = [
    'project_id = given.project',
    'period = given.period',
    'budget = given.budget',
    'subject = given.subject',
  ]
  return sql.raw(pairs.map((pair) => `${table}.${pair}`).join(' and '))
}
