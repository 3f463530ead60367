import { sql, type RawBuilder } from 'kysely'
import type { Db, Trx } from './database.ts'

/**
 * Runs `work` in one transaction and commits what it did, or nothing when it throws.
 * The embedded engine has one connection: whoever else asks waits, so keep it short and never await the network inside.
 */
export function transaction<Result>(db: Db, work: (trx: Trx) => Promise<Result>): Promise<Result> {
  return db.transaction().execute(work)
}

/** A value for a json(b) column. Plain objects and arrays are read differently by the two drivers, texts are not. */
export function jsonb<Value>(value: Value): RawBuilder<Value> {
  return sql<Value>`${JSON.stringify(value)}::text::jsonb`
}

/** True when a write failed because such a row exists; give the constraint's name when a table has several. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (typeof error !== 'object' || error === null) return false
  const found = 'code' in error && error.code === '23505'
  return found && (constraint === undefined || ('constraint' in error && error.constraint === constraint))
}
