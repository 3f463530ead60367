import { periodAt } from '@ratchet/core/limits'
import type { Clickhouse } from '#platform/clickhouse/open-clickhouse.ts'
import { timeTextOfMs } from '#platform/clickhouse/time-text.ts'
import { nobody, readSubject } from './subject.ts'

/** Calls of one day whose cost nobody knows, because their model has no price. */
export type UnpricedUse = {
  /** `2026-11-21`. */
  readonly day: string
  readonly environment: string
  readonly key: string
  readonly user: string
  readonly app: string
  /** `connection/model`. */
  readonly model: string
  readonly route: string
  readonly calls: number
}

/** Those of the present month; may be half a minute old. */
export type UnpricedCalls = (project: string, nowMs: number) => Promise<readonly UnpricedUse[]>

const timeoutMs = 5_000
const keptMs = 30_000
const mostRows = 10_000

/** Reads them from spans. Lists of use are asked for every few seconds, so what was read is kept for a moment. */
export function makeUnpricedCalls(clickhouse: Pick<Clickhouse, 'forProject'>): UnpricedCalls {
  const known = new Map<string, { readonly readAtMs: number; readonly uses: readonly UnpricedUse[] }>()
  return async (project, nowMs) => {
    const before = known.get(project)
    if (before !== undefined && Math.abs(nowMs - before.readAtMs) < keptMs) return before.uses
    const from = timeTextOfMs(periodAt('month', nowMs).startMs)
    const uses = await clickhouse
      .forProject(project)
      .from('spans')
      .select([
        'toString(toDate(start)) AS day',
        'environment',
        'key_id AS key',
        'user_id AS user',
        'app',
        `concat(connection, '/', model) AS model`,
        `JSONExtractString(attributes, 'route') AS route`,
        'count() AS calls',
      ])
      .where('start >= {from:DateTime64(6)}', { from })
      .where('toStartOfMinute(start) >= toStartOfMinute({from:DateTime64(6)})', { from })
      .where(`type IN ('llm', 'embedding') AND NOT cost_known AND input_tokens + output_tokens > 0`)
      .groupBy(['day', 'environment', 'key', 'user', 'app', 'spans.connection', 'spans.model', 'route'])
      .limit(mostRows)
      .rows<UnpricedUse>({ timeoutMs })
    known.set(project, { readAtMs: nowMs, uses })
    return uses
  }
}

/** How many of them count in an account: `subject` as the ledger writes it, `period` a day or a month. */
export function countUnpriced(
  uses: readonly UnpricedUse[],
  { subject, period }: { readonly subject: string; readonly period: string },
): number {
  const { scope, value } = readSubject(subject)
  if (scope === undefined) return 0
  let calls = 0
  for (const use of uses) {
    if (!use.day.startsWith(period)) continue
    const own = scope === 'project' ? value : scope === 'user' ? use.user || nobody : use[scope]
    if (own === value) calls += Number(use.calls)
  }
  return calls
}
