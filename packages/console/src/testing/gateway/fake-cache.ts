import type { CacheForgetting, getGatewayCache, OutputOf } from '@ratchet/contract'
import { fakeShare, minutesBefore } from '../fake-ids.ts'
import type { FakeSize } from '../fake-size.ts'

const none = {
  hits: 0,
  semanticHits: 0,
  misses: 0,
  bypasses: 0,
  savedNano: 0,
  savedMs: 0,
  checks: 0,
  disagreements: 0,
}
const nothing = { memoryAnswers: 0, memoryBytes: 0, diskAnswers: 0, diskBytes: 0 }

/** What two policies did in a month. */
export function fakeCache(
  size: FakeSize,
  now: Date,
  forgettings: CacheForgetting[],
): OutputOf<typeof getGatewayCache> {
  if (size === 'empty')
    return { days: 30, gateways: 1, total: { ...none, ...nothing }, policies: [], byDay: [], forgettings }
  const exact = {
    ...none,
    hits: 1_500,
    misses: 2_100,
    bypasses: 40,
    savedNano: 3.1e9,
    savedMs: 1_920_000,
    hitRate: 0.417,
  }
  const semantic = {
    ...none,
    hits: 200,
    semanticHits: 300,
    misses: 900,
    savedNano: 1.1e9,
    savedMs: 412_000,
    checks: 12,
    disagreements: 1,
    agreement: 0.91,
    hitRate: 0.357,
  }
  const held = { memoryAnswers: 812, memoryBytes: 5_200_000, diskAnswers: 2_410, diskBytes: 19_000_000 }
  return {
    days: 30,
    gateways: 2,
    total: {
      ...exact,
      hits: 1_700,
      semanticHits: 300,
      misses: 3_000,
      savedNano: 4.2e9,
      savedMs: 2_332_000,
      checks: 12,
      agreement: 0.91,
      hitRate: 0.4,
      ...held,
    },
    policies: [
      { policy: 'answers', mode: 'exact', scope: 'project', ...exact, ...held },
      { policy: 'meaning', mode: 'semantic', scope: 'project', ...semantic, ...nothing },
    ],
    byDay: Array.from({ length: 30 }, (_, index) => ({
      ...none,
      day: minutesBefore(now, (29 - index) * 1440).slice(0, 10),
      hits: Math.round(30 + fakeShare(index) * 60),
    })),
    forgettings,
  }
}
