import { randomUUID } from 'node:crypto'
import { cachePolicy, type CacheCounts, type CacheHeld, type CacheReport } from '@ratchet/contract'
import { beforeEach, expect, test } from 'vitest'
import { makeActor } from '#platform/http/actor.ts'
import { newId } from '#platform/ids.ts'
import type { Postgres } from '#platform/postgres/open-postgres.ts'
import { eachPostgres } from '#platform/testing/engines.ts'
import { gatewayCacheMigrations, makeGatewayCache } from './index.ts'

const project = '00000000-0000-4000-8000-000000000001'
const other = '00000000-0000-4000-8000-000000000002'
const noon = Date.UTC(2026, 10, 21, 12)
const dayMs = 86_400_000
const ada = makeActor({ kind: 'key', id: 'k', name: 'ada', project, permissions: new Set(['gateway:write']) })
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
const noHeld: CacheHeld = { memoryAnswers: 0, memoryBytes: 0, diskAnswers: 0, diskBytes: 0 }
type Policy = { project?: string; policy?: string; held?: Partial<CacheHeld> } & Partial<CacheCounts>

function reportOf(
  instance: string,
  sequence: number,
  policies: readonly Policy[],
  isLast = false,
): CacheReport {
  return {
    instance,
    sequence,
    isLast,
    policies: policies.map(({ project: of = project, policy = 'answers', held, ...counts }) => ({
      project: of,
      policy,
      counts: { ...noCounts, ...counts },
      held: { ...noHeld, ...held },
    })),
  }
}

eachPostgres((open) => {
  let postgres: Postgres | undefined
  let nowMs = noon
  const makeFeature = () => {
    if (postgres === undefined) throw new Error('the database is not open yet')
    return makeGatewayCache({
      db: postgres.db,
      clock: { now: () => nowMs },
      makeId: newId,
      policiesOf: () => Promise.resolve([cachePolicy.parse({ name: 'answers', mode: 'semantic' })]),
    })
  }
  beforeEach(async () => {
    postgres ??= await open(gatewayCacheMigrations)
    nowMs = noon
    for (const table of ['cache_days', 'cache_reporters', 'cache_forgets'] as const)
      await postgres.db.deleteFrom(table).execute()
  })

  test('a project sees what its policies did, by policy, by day and all together', async () => {
    const cache = makeFeature()
    const [one, two] = [randomUUID(), randomUUID()]
    nowMs = noon - dayMs
    await cache.report(reportOf(one, 1, [{ hits: 3, misses: 1, savedNano: 3_000, savedMs: 1_500.5 }]))
    nowMs = noon
    const held = { memoryAnswers: 2, memoryBytes: 900, diskAnswers: 1, diskBytes: 400 }
    await cache.report(reportOf(one, 2, [{ hits: 1, semanticHits: 2, checks: 2, agreement: 1.5, held }]))
    await cache.report(
      reportOf(two, 1, [
        { bypasses: 5, disagreements: 1, held },
        { policy: 'gone', misses: 4 },
        { project: other, hits: 100, savedNano: 9e12 },
      ]),
    )
    const shown = await cache.get(project, 30)
    expect(shown).toMatchObject({ days: 30, gateways: 2, forgettings: [] })
    expect(shown.policies).toEqual([
      {
        policy: 'answers',
        mode: 'semantic',
        scope: 'project',
        hits: 4,
        semanticHits: 2,
        misses: 1,
        bypasses: 5,
        hitRate: 6 / 7,
        savedNano: 3_000,
        savedMs: 1_501,
        checks: 2,
        agreement: 0.75,
        disagreements: 1,
        memoryAnswers: 4,
        memoryBytes: 1_800,
        diskAnswers: 2,
        diskBytes: 800,
      },
      expect.objectContaining({ policy: 'gone', misses: 4, hitRate: 0, memoryBytes: 0 }),
    ])
    expect(shown.policies[1]).not.toHaveProperty('mode')
    expect(shown.total).toMatchObject({ hits: 4, misses: 5, hitRate: 6 / 11, memoryBytes: 1_800 })
    expect(shown.byDay.map(({ day, hits, misses }) => [day, hits, misses])).toEqual([
      ['2026-11-20', 3, 1],
      ['2026-11-21', 1, 4],
    ])
    expect((await cache.get(project, 1)).total).toMatchObject({ hits: 1, savedNano: 0 })
  })

  test('a report that comes again counts once, also after control has started again', async () => {
    const instance = randomUUID()
    const report = reportOf(instance, 1, [{ hits: 2 }])
    await makeFeature().report(report)
    await makeFeature().report(report)
    expect((await makeFeature().get(project, 1)).total.hits).toBe(2)
    await makeFeature().report(reportOf(instance, 2, [{ hits: 1 }]))
    expect((await makeFeature().get(project, 1)).total.hits).toBe(3)
  })

  test('reports of many gateways at once are all counted', async () => {
    const cache = makeFeature()
    const policies = ['c', 'a', 'b'].map((policy) => ({ policy, hits: 1 }))
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        cache.report(reportOf(randomUUID(), 1, index % 2 === 0 ? policies : policies.toReversed())),
      ),
    )
    expect((await cache.get(project, 1)).total.hits).toBe(60)
  })

  test('what a gateway keeps counts until it ends or falls silent', async () => {
    const cache = makeFeature()
    const [one, two] = [randomUUID(), randomUUID()]
    const held = { memoryAnswers: 1, memoryBytes: 100 }
    await cache.report(reportOf(one, 1, [{ held }]))
    await cache.report(reportOf(two, 1, [{ held }]))
    expect((await cache.get(project, 1)).total.memoryBytes).toBe(200)
    await cache.report(reportOf(one, 2, [{ held }], true))
    expect(await cache.get(project, 1)).toMatchObject({ gateways: 1, total: { memoryBytes: 100 } })
    nowMs += 61_000
    expect(await cache.get(project, 1)).toMatchObject({ gateways: 0, total: { memoryBytes: 0 } })
  })

  test('forgetting is told to gateways, and shown to the project alone', async () => {
    const cache = makeFeature()
    let changes = 0
    cache.onChange(() => (changes += 1))
    const at = new Date(noon).toISOString()
    expect(await cache.clear(ada, { policy: 'answers', keyPrefix: 'abcd' })).toEqual({
      policy: 'answers',
      keyPrefix: 'abcd',
      author: 'ada',
      at,
    })
    nowMs += 1_000
    await cache.clear(makeActor({ ...ada, project: other }), {})
    expect(changes).toBe(2)
    expect(await cache.forgetsForSnapshot()).toEqual({
      cacheForgets: [
        { project: other, beforeMs: noon + 1_000 },
        { project, policy: 'answers', keyPrefix: 'abcd', beforeMs: noon },
      ],
      cacheForgetsSinceMs: 0,
    })
    expect((await cache.get(project, 1)).forgettings).toEqual([
      { policy: 'answers', keyPrefix: 'abcd', author: 'ada', at },
    ])
  })

  test('a policy that never was is refused by name; one that was once is not', async () => {
    const cache = makeFeature()
    await expect(cache.clear(ada, { policy: 'anwsers' })).rejects.toThrow(
      'No cache policy "anwsers". Did you mean "answers"?',
    )
    await cache.report(reportOf(randomUUID(), 1, [{ policy: 'gone', misses: 1 }]))
    await cache.clear(ada, { policy: 'gone' })
    expect((await cache.forgetsForSnapshot()).cacheForgets).toHaveLength(1)
  })

  test('only the forgettings of the last week are listed; since when is told, so that nobody misses one', async () => {
    const cache = makeFeature()
    await cache.clear(ada, { model: 'openai/gpt' })
    nowMs += 1_000
    await cache.clear(ada, {})
    nowMs = noon + 7 * dayMs
    expect(await cache.forgetsForSnapshot()).toEqual({
      cacheForgets: [{ project, beforeMs: noon + 1_000 }],
      cacheForgetsSinceMs: noon,
    })
    nowMs += dayMs
    expect(await cache.forgetsForSnapshot()).toEqual({
      cacheForgets: [],
      cacheForgetsSinceMs: noon + 1_000,
    })
  })

  test('at most 2,000 forgettings are listed', async () => {
    const cache = makeFeature()
    const rows = Array.from({ length: 2_003 }, (_, index) => ({
      id: newId(),
      project_id: project,
      policy: null,
      model: null,
      key_prefix: null,
      before_ms: noon - index,
      author: 'ada',
    }))
    await postgres?.db.insertInto('cache_forgets').values(rows).execute()
    const { cacheForgets, cacheForgetsSinceMs } = await cache.forgetsForSnapshot()
    expect([cacheForgets.length, cacheForgetsSinceMs]).toEqual([2_000, noon - 2_000])
  })
})
