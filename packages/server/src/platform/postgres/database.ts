import type { Kysely, Transaction } from 'kysely'

/**
 * Every table we query. Each feature adds its own where its store is:
 *
 *     declare module '#platform/postgres/database.ts' {
 *       interface Database { api_keys: ApiKeysTable }
 *     }
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- filled by module augmentation
export interface Database {}

/** A connection pool or the embedded engine. Pass {@link Queries} on where either will do. */
export type Db = Kysely<Database>
/** An open transaction. Never await the network while one is open: the embedded engine has one connection. */
export type Trx = Transaction<Database>
/** Runs queries, inside a transaction or not. */
export type Queries = Db | Trx
