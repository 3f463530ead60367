import { readPeriod } from '@ratchet/core/limits'
import { sql } from 'kysely'
import type { Db, Queries } from '#platform/postgres/database.ts'
import { transaction } from '#platform/postgres/transaction.ts'
import { addSpending, lockAccounts, saveLeases, type AccountKey } from './ledger-store.ts'
import { dayOf } from './settle-report.ts'
import type { SpanSpend } from './span-spend.ts'

/** A lease whose process fell silent. */
type Silent = AccountKey & {
  readonly instance: string
  readonly limitNano: number
  readonly heldNano: number
  /** What the account had spent when the process was last heard. */
  readonly spentSeenNano: number
  readonly seenAt: Date
}

export type ExpireParts = {
  readonly db: Db
  readonly spanSpend: SpanSpend
  readonly nowMs: number
  /** Processes that were heard just now, whatever the database says. */
  readonly alive: ReadonlySet<string>
  readonly onProblem: (error: unknown) => void
}

/** A process reports every two seconds while it holds anything. */
export const silentMs = 15_000
/** Calls that ended so long after the last report belong to the silent process. */
const afterwardsMs = 1_000
const mostAtOnce = 200

/**
 * Ends the leases of processes that fell silent. What they spent without reporting is put on the account: as much as the
 * spans of their last moments show, or all that they held when spans cannot tell. Gives the number of leases ended.
 */
export async function expireLeases(parts: ExpireParts): Promise<number> {
  const silent = (await findSilent(parts.db, new Date(parts.nowMs - silentMs))).filter(
    ({ instance }) => !parts.alive.has(instance),
  )
  for (const lease of silent) {
    const shownNano = await spentBySpans(lease, parts)
    await charge(lease, shownNano, parts)
  }
  return silent.length
}

async function findSilent(queries: Queries, before: Date): Promise<Silent[]> {
  const rows = await queries
    .selectFrom('budget_leases as lease')
    .innerJoin('limit_reporters as reporter', 'reporter.instance', 'lease.instance')
    .innerJoin('budget_accounts as account', (join) =>
      join
        .onRef('account.project_id', '=', 'lease.project_id')
        .onRef('account.period', '=', 'lease.period')
        .onRef('account.budget', '=', 'lease.budget')
        .onRef('account.subject', '=', 'lease.subject'),
    )
    .select(['lease.project_id', 'lease.budget', 'lease.subject', 'lease.period', 'lease.instance'])
    .select(['lease.held_nano', 'lease.spent_seen_nano', 'account.limit_nano', 'reporter.seen_at'])
    .where('lease.held_nano', '>', '0')
    .where('reporter.seen_at', '<', before)
    .limit(mostAtOnce)
    .execute()
  return rows.map((row) => ({
    project: row.project_id,
    budget: row.budget,
    subject: row.subject,
    period: row.period,
    instance: row.instance,
    limitNano: Number(row.limit_nano),
    heldNano: Number(row.held_nano),
    spentSeenNano: Number(row.spent_seen_nano),
    seenAt: row.seen_at,
  }))
}

/** What the spans show beyond what was reported; undefined when they cannot be asked. */
async function spentBySpans(
  lease: Silent,
  { spanSpend, onProblem }: ExpireParts,
): Promise<number | undefined> {
  const period = readPeriod(lease.period)
  if (period === undefined) return undefined
  try {
    const range = { fromMs: period.startMs, endedByMs: lease.seenAt.getTime() + afterwardsMs }
    const spent = await spanSpend(lease, range)
    return spent === undefined ? undefined : spent - lease.spentSeenNano
  } catch (error) {
    onProblem(error)
    return undefined
  }
}

async function charge(
  lease: Silent,
  shownNano: number | undefined,
  { db, nowMs }: ExpireParts,
): Promise<void> {
  await transaction(db, async (trx) => {
    const [account] = await lockAccounts(trx, [lease], new Date(nowMs))
    const held = account?.leases.find(({ instance }) => instance === lease.instance)
    // It may have spoken again while the spans were read.
    const { rows } = await sql<{ seen_at: Date }>`select seen_at from limit_reporters
      where instance = ${lease.instance}`.execute(trx)
    if (held === undefined || rows[0]?.seen_at.getTime() !== lease.seenAt.getTime()) return
    const chargedNano = Math.min(Math.max(0, shownNano ?? held.heldNano), held.heldNano)
    await addSpending(trx, [{ ...lease, amountNano: chargedNano, day: dayOf(lease.period, nowMs) }])
    await saveLeases(trx, [
      {
        ...lease,
        ...held,
        heldNano: 0,
        chargedNano: held.chargedNano + chargedNano,
        spentSeenNano: (account?.spentNano ?? 0) + chargedNano,
      },
    ])
  })
}

/** Forgets what no question needs any more: leases of periods that are over, old accounts, days and charges. */
export async function forgetOld(queries: Queries, nowMs: number): Promise<void> {
  const day = (agoDays: number): string => new Date(nowMs - agoDays * 86_400_000).toISOString().slice(0, 10)
  await queries
    .deleteFrom('budget_leases')
    .where('period', '<', day(40))
    .where('held_nano', '=', '0')
    .execute()
  await queries
    .deleteFrom('limit_reporters')
    .where('seen_at', '<', new Date(nowMs - 40 * 86_400_000))
    .where('instance', 'not in', queries.selectFrom('budget_leases').select('instance'))
    .execute()
  await queries.deleteFrom('budget_accounts').where('period', '<', day(400)).execute()
  await queries.deleteFrom('budget_days').where('day', '<', day(400)).execute()
  await queries
    .deleteFrom('limit_charges')
    .where('ended_at', '<', new Date(nowMs - 2 * 86_400_000))
    .execute()
}
