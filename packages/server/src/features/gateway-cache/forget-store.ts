import type { CacheForget, CacheForgetting, Snapshot } from '@ratchet/contract'
import type { Selectable } from 'kysely'
import type { Database, Queries } from '#platform/postgres/database.ts'

export type StoredForget = CacheForget & { readonly id: string; readonly author: string }

const dayMs = 86_400_000
const listedMs = 7 * dayMs
const mostListed = 2_000
/** No answer is kept for longer than a year. */
const longestTtlMs = 366 * dayMs

export async function insertForget(queries: Queries, forget: StoredForget): Promise<void> {
  const { id, project, policy, model, keyPrefix, beforeMs, author } = forget
  await queries
    .insertInto('cache_forgets')
    .values({
      id,
      project_id: project,
      policy: policy ?? null,
      model: model ?? null,
      key_prefix: keyPrefix ?? null,
      before_ms: beforeMs,
      author,
    })
    .execute()
}

/**
 * What gateways are to forget: the last week's, at most 2,000. `cacheForgetsSinceMs` is the time of the newest one that is
 * not listed any more; a gateway that was away since then forgets everything older.
 */
export async function listForSnapshot(
  queries: Queries,
  nowMs: number,
): Promise<Pick<Snapshot, 'cacheForgets' | 'cacheForgetsSinceMs'>> {
  const rows = await queries
    .selectFrom('cache_forgets')
    .selectAll()
    .orderBy('before_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(mostListed + 1)
    .execute()
  const old = rows.findIndex(({ before_ms: beforeMs }) => beforeMs <= nowMs - listedMs)
  const count = Math.min(old === -1 ? rows.length : old, mostListed)
  return {
    cacheForgets: rows.slice(0, count).map(forgetOf),
    cacheForgetsSinceMs: rows[count]?.before_ms ?? 0,
  }
}

/** The latest of a project, newest first. */
export async function listLatest(
  queries: Queries,
  project: string,
  limit: number,
): Promise<CacheForgetting[]> {
  const rows = await queries
    .selectFrom('cache_forgets')
    .selectAll()
    .where('project_id', '=', project)
    .orderBy('before_ms', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => showForget({ ...forgetOf(row), id: row.id, author: row.author }))
}

/** Deletes those that no answer can be old enough for. */
export async function dropOldForgets(queries: Queries, nowMs: number): Promise<void> {
  await queries
    .deleteFrom('cache_forgets')
    .where('before_ms', '<', nowMs - longestTtlMs)
    .execute()
}

export function showForget(forget: StoredForget): CacheForgetting {
  const { policy, model, keyPrefix, author, beforeMs } = forget
  return {
    ...(policy === undefined ? {} : { policy }),
    ...(model === undefined ? {} : { model }),
    ...(keyPrefix === undefined ? {} : { keyPrefix }),
    author,
    at: new Date(beforeMs).toISOString(),
  }
}

function forgetOf(row: Selectable<Database['cache_forgets']>): CacheForget {
  const { project_id: project, policy, model, key_prefix: keyPrefix, before_ms: beforeMs } = row
  return {
    project,
    ...(policy === null ? {} : { policy }),
    ...(model === null ? {} : { model }),
    ...(keyPrefix === null ? {} : { keyPrefix }),
    beforeMs,
  }
}
