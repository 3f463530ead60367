import { beforeEach } from 'vitest'
import type { GatewayConfig } from '@ratchet/contract'
import { newId } from '#platform/ids.ts'
import { silentLog } from '#platform/log.ts'
import type { Migration } from '#platform/postgres/migrations.ts'
import type { Postgres } from '#platform/postgres/open-postgres.ts'
import { limitsMigrations, makeLimits, type Limits, type UnpricedUse } from '../index.ts'

export const start = Date.UTC(2026, 10, 21, 12)

/** The feature on an empty ledger with a clock, spans and a configuration that tests set. */
export type LimitsBench = {
  nowMs: number
  spans: (() => Promise<number | undefined>) | undefined
  unpriced: (() => Promise<readonly UnpricedUse[]>) | undefined
  config: Pick<GatewayConfig, 'limits' | 'budgets'>
  readonly db: () => Postgres['db']
  readonly makeFeature: () => Limits
  readonly spent: () => Promise<number>
}

const tables = [
  'budget_accounts',
  'budget_leases',
  'budget_days',
  'budget_events',
  'limit_reporters',
  'limit_charges',
] as const

/** Empties the ledger before each test. */
export function useLimitsBench(open: (migrations: readonly Migration[]) => Promise<Postgres>): LimitsBench {
  let postgres: Postgres | undefined
  const db = (): Postgres['db'] => {
    if (postgres === undefined) throw new Error('the database is not open yet')
    return postgres.db
  }
  const bench: LimitsBench = {
    nowMs: start,
    spans: undefined,
    unpriced: undefined,
    config: { limits: [], budgets: [] },
    db,
    makeFeature: () =>
      makeLimits({
        db: db(),
        clock: { now: () => bench.nowMs },
        makeId: newId,
        spanSpend: () => bench.spans?.() ?? Promise.resolve(undefined),
        unpricedCalls: () => bench.unpriced?.() ?? Promise.resolve([]),
        configOf: () => Promise.resolve(bench.config),
        keyNames: (_project, ids) => Promise.resolve(new Map(ids.map((id) => [id, `name of ${id}`]))),
        log: silentLog,
      }),
    spent: async () => {
      const rows = await db().selectFrom('budget_accounts').select('spent_nano').execute()
      return rows.reduce((sum, row) => sum + Number(row.spent_nano), 0)
    },
  }
  beforeEach(async () => {
    postgres ??= await open(limitsMigrations)
    bench.nowMs = start
    bench.spans = undefined
    bench.unpriced = undefined
    bench.config = { limits: [], budgets: [] }
    for (const table of tables) await postgres.db.deleteFrom(table).execute()
  })
  return bench
}
