import { sql } from 'kysely'
import type { Queries } from '#platform/postgres/database.ts'
import { jsonb } from '#platform/postgres/transaction.ts'

const historyDays = 29

/** What each subject of a page spent on each of the last days, by `budget subject`. */
export async function readDays(
  { db, nowMs }: { readonly db: Queries; readonly nowMs: number },
  project: string,
  accounts: readonly { budget: string; subject: string }[],
): Promise<Map<string, Map<string, number>>> {
  const history = new Map<string, Map<string, number>>()
  if (accounts.length === 0) return history
  const from = new Date(nowMs - historyDays * 86_400_000).toISOString().slice(0, 10)
  const given = jsonb(accounts.map(({ budget, subject }) => ({ budget, subject })))
  const { rows } = await sql<{ budget: string; subject: string; day: string; spent_nano: string }>`
    select days.budget, days.subject, days.day, days.spent_nano
    from (select distinct budget, subject from jsonb_to_recordset(${given}) as account(budget text, subject text)) given
    join budget_days days on days.project_id = ${project} and days.budget = given.budget
      and days.subject = given.subject and days.day >= ${from}`.execute(db)
  for (const row of rows) {
    const key = `${row.budget} ${row.subject}`
    const days = history.get(key) ?? new Map<string, number>()
    history.set(key, days.set(row.day, Number(row.spent_nano)))
  }
  return history
}
