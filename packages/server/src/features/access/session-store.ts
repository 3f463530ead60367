import { permission, type Permission } from '@ratchet/contract'
import { z } from 'zod'
import type { Queries } from '#platform/postgres/database.ts'
import { jsonb } from '#platform/postgres/transaction.ts'

/** What a console link or session may do; without a project it belongs to the operator of the installation. */
export type Grant = {
  readonly project: string | null
  readonly permissions: readonly Permission[]
  readonly createdBy: string
}
export type StoredSession = Grant & { readonly id: string; readonly lastUsedAt: Date }

export async function insertLink(
  queries: Queries,
  link: Grant & { tokenHash: string; expiresAt: Date },
): Promise<void> {
  await queries
    .insertInto('console_links')
    .values({
      token_hash: link.tokenHash,
      project_id: link.project,
      permissions: jsonb(link.permissions),
      created_by: link.createdBy,
      expires_at: link.expiresAt,
      used_at: null,
    })
    .execute()
}

/** Uses a link up; undefined when it is unknown, expired or used. One statement, so that one caller wins. */
export async function takeLink(queries: Queries, tokenHash: string, now: Date): Promise<Grant | undefined> {
  const row = await queries
    .updateTable('console_links')
    .set({ used_at: now })
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning(['project_id', 'permissions', 'created_by'])
    .executeTakeFirst()
  return row && grantOf(row)
}

export async function insertSession(
  queries: Queries,
  session: Grant & { id: string; tokenHash: string; at: Date },
): Promise<void> {
  await queries
    .insertInto('sessions')
    .values({
      id: session.id,
      token_hash: session.tokenHash,
      project_id: session.project,
      permissions: jsonb(session.permissions),
      created_by: session.createdBy,
      created_at: session.at,
      last_used_at: session.at,
    })
    .execute()
}

/** Finds a session that was used after `idleSince`. */
export async function findSession(
  queries: Queries,
  tokenHash: string,
  idleSince: Date,
): Promise<StoredSession | undefined> {
  const row = await queries
    .selectFrom('sessions')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .where('last_used_at', '>', idleSince)
    .executeTakeFirst()
  return row && { ...grantOf(row), id: row.id, lastUsedAt: row.last_used_at }
}

export async function touchSession(queries: Queries, id: string, at: Date): Promise<void> {
  await queries.updateTable('sessions').set({ last_used_at: at }).where('id', '=', id).execute()
}

export async function deleteSession(
  queries: Queries,
  by: { id: string } | { tokenHash: string },
): Promise<void> {
  const query = queries.deleteFrom('sessions')
  await ('id' in by ? query.where('id', '=', by.id) : query.where('token_hash', '=', by.tokenHash)).execute()
}

/** Removes links that expired before `now` and sessions last used before `idleSince`. */
export async function deleteExpired(queries: Queries, now: Date, idleSince: Date): Promise<void> {
  await queries.deleteFrom('console_links').where('expires_at', '<', now).execute()
  await queries.deleteFrom('sessions').where('last_used_at', '<', idleSince).execute()
}

const permissionList = z.array(permission)

function grantOf(row: { project_id: string | null; permissions: unknown; created_by: string }): Grant {
  return {
    project: row.project_id,
    permissions: permissionList.parse(row.permissions),
    createdBy: row.created_by,
  }
}
