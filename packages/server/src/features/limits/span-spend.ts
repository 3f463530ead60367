import type { Clickhouse } from '#platform/clickhouse/open-clickhouse.ts'
import type { AccountKey } from './ledger-store.ts'
import { nobody, readSubject } from './subject.ts'

/** What the spans of an account say was spent by calls that ended between two times; undefined when they cannot say. */
export type SpanSpend = (
  account: AccountKey,
  range: { readonly fromMs: number; readonly endedByMs: number },
) => Promise<number | undefined>

const timeoutMs = 5_000

/** Columns that hold whose a call was. Routes are not written into spans. */
const columns = {
  key: 'key_id',
  environment: 'environment',
  user: 'user_id',
  app: 'app',
  model: `concat(connection, '/', model)`,
} as const

/** Reads spending from spans: the second witness of what a killed process did not report. */
export function makeSpanSpend(clickhouse: Pick<Clickhouse, 'forProject'>): SpanSpend {
  return async (account, { fromMs, endedByMs }) => {
    const { scope, value } = readSubject(account.subject)
    if (scope === 'route' || scope === undefined) return undefined
    let query = clickhouse
      .forProject(account.project)
      .from('spans')
      .select(['sum(cost_nano) AS spent'])
      .where(
        'start >= fromUnixTimestamp64Milli({from:Int64}) AND start <= fromUnixTimestamp64Milli({by:Int64})',
        {
          from: fromMs,
          by: endedByMs,
        },
      )
      .where('toUnixTimestamp64Micro(start) + duration_us <= {by:Int64} * 1000')
      // Spans of apps and flows repeat what the calls inside them cost.
      .where(`type NOT IN ('app', 'flow', 'prompt')`)
    if (scope !== 'project')
      query = query.where(`${columns[scope]} = {value:String}`, {
        value: scope === 'user' && value === nobody ? '' : value,
      })
    const row = await query.first<{ spent: number | string }>({ timeoutMs })
    return row === undefined ? 0 : Number(row.spent)
  }
}
