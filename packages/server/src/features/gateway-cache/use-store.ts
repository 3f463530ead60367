import type { CacheCounts, CacheReport } from '@ratchet/contract'
import { sql } from 'kysely'
import type { Db, Queries, Trx } from '#platform/postgres/database.ts'
import { transaction } from '#platform/postgres/transaction.ts'

/** What one policy did on one day. */
export type PolicyDay = CacheCounts & { readonly policy: string; readonly day: string }

/** Adds what a report counted to its day, once however often the report comes. */
export function addReport(db: Db, { instance, sequence, policies }: CacheReport, now: Date): Promise<void> {
  return transaction(db, async (trx) => {
    const { sequence: last } = await trx
      .insertInto('cache_reporters')
      .values({ instance, sequence: 0, seen_at: now })
      .onConflict((conflict) => conflict.column('instance').doUpdateSet({ seen_at: now }))
      .returning('sequence')
      .executeTakeFirstOrThrow()
    if (sequence <= last) return
    await trx.updateTable('cache_reporters').set({ sequence }).where('instance', '=', instance).execute()
    const counted = policies.filter(({ counts }) => Object.values(counts).some((count) => count > 0))
    if (counted.length > 0) await addCounts(trx, counted, now.toISOString().slice(0, 10))
  })
}

/** Always in the same order, so that no two reports wait for each other. */
async function addCounts(trx: Trx, policies: CacheReport['policies'], day: string): Promise<void> {
  const rows = policies
    .toSorted((a, b) => (`${a.project} ${a.policy}` < `${b.project} ${b.policy}` ? -1 : 1))
    .map(({ project, policy, counts }) => ({
      project_id: project,
      policy,
      day,
      hits: counts.hits,
      semantic_hits: counts.semanticHits,
      misses: counts.misses,
      bypasses: counts.bypasses,
      saved_nano: String(Math.round(counts.savedNano)),
      saved_ms: counts.savedMs,
      checks: counts.checks,
      agreement: counts.agreement,
      disagreements: counts.disagreements,
    }))
  // Each row has a dozen parameters, and PostgreSQL takes 65,535 of them at once.
  for (let at = 0; at < rows.length; at += 1_000) {
    await trx
      .insertInto('cache_days')
      .values(rows.slice(at, at + 1_000))
      .onConflict((conflict) =>
        conflict.columns(['project_id', 'day', 'policy']).doUpdateSet({
          hits: sql`cache_days.hits + excluded.hits`,
          semantic_hits: sql`cache_days.semantic_hits + excluded.semantic_hits`,
          misses: sql`cache_days.misses + excluded.misses`,
          bypasses: sql`cache_days.bypasses + excluded.bypasses`,
          saved_nano: sql`cache_days.saved_nano + excluded.saved_nano`,
          saved_ms: sql`cache_days.saved_ms + excluded.saved_ms`,
          checks: sql`cache_days.checks + excluded.checks`,
          agreement: sql`cache_days.agreement + excluded.agreement`,
          disagreements: sql`cache_days.disagreements + excluded.disagreements`,
        }),
      )
      .execute()
  }
}

/** Days of a project from `firstDay` on, oldest first. */
export async function listDays(queries: Queries, project: string, firstDay: string): Promise<PolicyDay[]> {
  const rows = await queries
    .selectFrom('cache_days')
    .selectAll()
    .select(sql<string>`to_char(day, 'YYYY-MM-DD')`.as('day_text'))
    .where('project_id', '=', project)
    .where('day', '>=', firstDay)
    .orderBy('day')
    .orderBy('policy')
    .execute()
  return rows.map((row) => ({
    policy: row.policy,
    day: row.day_text,
    hits: row.hits,
    semanticHits: row.semantic_hits,
    misses: row.misses,
    bypasses: row.bypasses,
    savedNano: Number(row.saved_nano),
    savedMs: row.saved_ms,
    checks: row.checks,
    agreement: row.agreement,
    disagreements: row.disagreements,
  }))
}

/** Names of policies that ever did something in a project. */
export async function listUsedPolicies(queries: Queries, project: string): Promise<string[]> {
  const rows = await queries
    .selectFrom('cache_days')
    .select('policy')
    .distinct()
    .where('project_id', '=', project)
    .execute()
  return rows.map(({ policy }) => policy)
}

export async function forgetReporters(queries: Queries, before: Date): Promise<void> {
  await queries.deleteFrom('cache_reporters').where('seen_at', '<', before).execute()
}
