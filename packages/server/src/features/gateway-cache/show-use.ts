import type {
  CacheCounts,
  CacheHeld,
  CachePolicy,
  CacheUse,
  getGatewayCache,
  OutputOf,
} from '@ratchet/contract'
import { addHeld, nothingHeld } from './held-board.ts'
import type { PolicyDay } from './use-store.ts'

type Shown = OutputOf<typeof getGatewayCache>
type ShownCounts = Omit<Shown['byDay'][number], 'day'>

const noCounts: CacheCounts = {
  hits: 0,
  semanticHits: 0,
  misses: 0,
  bypasses: 0,
  savedNano: 0,
  savedMs: 0,
  checks: 0,
  agreement: 0,
  disagreements: 0,
}

/** Figures by policy, by day and all together: configured policies first, then those that were once. */
export function showUse(
  days: readonly PolicyDay[],
  parts: { readonly policies: readonly CachePolicy[]; readonly held: ReadonlyMap<string, CacheHeld> },
): Pick<Shown, 'total' | 'policies' | 'byDay'> {
  const { policies, held } = parts
  const byPolicy = new Map<string, CacheCounts>(policies.map(({ name }) => [name, noCounts]))
  for (const name of held.keys()) if (!byPolicy.has(name)) byPolicy.set(name, noCounts)
  const byDay = new Map<string, CacheCounts>()
  let total = noCounts
  for (const day of days) {
    byPolicy.set(day.policy, addCounts(byPolicy.get(day.policy) ?? noCounts, day))
    byDay.set(day.day, addCounts(byDay.get(day.day) ?? noCounts, day))
    total = addCounts(total, day)
  }
  const configured = new Map(policies.map((policy) => [policy.name, policy]))
  return {
    total: { ...showCounts(total), ...[...held.values()].reduce(addHeld, nothingHeld) },
    policies: [...byPolicy].map(([name, counts]): CacheUse => {
      const policy = configured.get(name)
      return {
        policy: name,
        ...(policy === undefined ? {} : { mode: policy.mode, scope: policy.scope }),
        ...showCounts(counts),
        ...(held.get(name) ?? nothingHeld),
      }
    }),
    byDay: [...byDay].map(([day, counts]) => ({ day, ...showCounts(counts) })),
  }
}

function showCounts({ agreement, ...counts }: CacheCounts): ShownCounts {
  const hits = counts.hits + counts.semanticHits
  const asked = hits + counts.misses
  return {
    ...counts,
    savedMs: Math.round(counts.savedMs),
    ...(asked === 0 ? {} : { hitRate: hits / asked }),
    ...(counts.checks === 0 ? {} : { agreement: Math.min(1, agreement / counts.checks) }),
  }
}

function addCounts(a: CacheCounts, b: CacheCounts): CacheCounts {
  return {
    hits: a.hits + b.hits,
    semanticHits: a.semanticHits + b.semanticHits,
    misses: a.misses + b.misses,
    bypasses: a.bypasses + b.bypasses,
    savedNano: a.savedNano + b.savedNano,
    savedMs: a.savedMs + b.savedMs,
    checks: a.checks + b.checks,
    agreement: a.agreement + b.agreement,
    disagreements: a.disagreements + b.disagreements,
  }
}
