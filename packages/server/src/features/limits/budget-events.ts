import type { Page, PageQuery } from '@ratchet/contract'
import type { Queries, Trx } from '#platform/postgres/database.ts'
import { keysetPage } from '#platform/postgres/keyset-page.ts'
import type { AccountKey } from './ledger-store.ts'

export type StoredEvent = AccountKey & {
  readonly id: string
  readonly share: number
  readonly spentNano: number
  readonly limitNano: number
  readonly at: Date
}

/** Shares of the limit that spending has reached. */
export function reachedShares(
  warnAt: readonly number[],
  limitNano: number,
  spentNano: number,
): readonly number[] {
  return warnAt.filter((share) => limitNano > 0 && spentNano >= share * limitNano)
}

/** Records warnings; one that is there for its period and share stays as it was. */
export async function addEvents(trx: Trx, events: readonly StoredEvent[]): Promise<void> {
  if (events.length === 0) return
  await trx
    .insertInto('budget_events')
    .values(
      events.map((event) => ({
        id: event.id,
        project_id: event.project,
        budget: event.budget,
        subject: event.subject,
        period: event.period,
        share: event.share,
        spent_nano: String(event.spentNano),
        limit_nano: String(event.limitNano),
        at: event.at,
      })),
    )
    .onConflict((conflict) => conflict.constraint('budget_events_once').doNothing())
    .execute()
}

/** Warnings of a project, newest first. */
export async function listEventPage(
  queries: Queries,
  project: string,
  filter: { budget?: string | undefined },
  page: PageQuery,
): Promise<Page<StoredEvent>> {
  let query = queries.selectFrom('budget_events').selectAll().where('project_id', '=', project)
  if (filter.budget !== undefined) query = query.where('budget', '=', filter.budget)
  const rows = await keysetPage(query, {
    by: [
      { column: 'at', type: 'timestamptz' },
      { column: 'id', type: 'uuid' },
    ],
    direction: 'desc',
    ...page,
  })
  return {
    ...rows,
    items: rows.items.map((row) => ({
      id: row.id,
      project: row.project_id,
      budget: row.budget,
      subject: row.subject,
      period: row.period,
      share: row.share,
      spentNano: Number(row.spent_nano),
      limitNano: Number(row.limit_nano),
      at: row.at,
    })),
  }
}
