import { sql, type RawBuilder } from 'kysely'
import type { Db, Trx } from './database.ts'
import { storableText } from './storable-text.ts'

/**
 * Runs `work` in one transaction and commits what it did, or nothing when it throws.
 * The embedded engine has one connection: whoever else asks waits, so keep it short and never await the network inside.
 */
export function transaction<Result>(db: Db, work: (trx: Trx) => Promise<Result>): Promise<Result> {
  return db.transaction().execute(work)
}

/**
 * A value for a json(b) column. Plain objects and arrays are read differently by the two drivers, texts are not.
 * What jsonb cannot hold (NUL, half of a character) becomes U+FFFD.
 */
export function jsonb<Value>(value: Value): RawBuilder<Value> {
  const text = JSON.stringify(value)
  const isStorable = !/\\u(?:0000|d[89a-f])/.test(text)
  return sql<Value>`${isStorable ? text : JSON.stringify(storable(JSON.parse(text)))}::text::jsonb`
}

function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value)
  if (Array.isArray(value)) return value.map(storable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storableText(key), storable(inner)]))
}

/** True when a write failed because such a row exists; give the constraint's name when a table has several. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (typeof error !== 'object' || error === null) return false
  const found = 'code' in error && error.code === '23505'
  return found && (constraint === undefined || ('constraint' in error && error.constraint === constraint))
}
