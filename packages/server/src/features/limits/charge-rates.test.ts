import { budget, rateLimit } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { eachPostgres } from '#platform/testing/engines.ts'
import { start, useLimitsBench } from './testing/limits-bench.ts'
import { ReportingProcess, project } from './testing/report-by-hand.ts'

const hourMs = 3_600_000
/** Made ten hours ago, ended an hour ago. */
const charge = {
  id: 'batch-1',
  project,
  costNano: 900_000_000,
  environment: 'production',
  keyId: 'key-1',
  userId: 'ada',
  sessionId: '',
  model: 'openai/gpt',
  app: '',
  route: '',
  fromMs: start - 10 * hourMs,
  toMs: start - hourMs,
}
const limit = (name: string, more: object) =>
  rateLimit.parse({ name, scope: 'project', measure: 'cost', limit: 1, ...more })

eachPostgres((open) => {
  const bench = useLimitsBench(open)
  const useOf = async (limits: ReturnType<typeof bench.makeFeature>) => {
    const { items } = await limits.listUse(project, { limit: 100, kind: 'limit' })
    return Object.fromEntries(items.map(({ name, subject, used }) => [`${name} ${subject}`, used]))
  }

  test('a batch counts in limits of cost by the part of its work that their windows hold, once', async () => {
    bench.config = {
      limits: [
        limit('day', { windowSeconds: 86_400 }),
        limit('half-day', { windowSeconds: 43_200, window: 'fixed' }),
        limit('user', { windowSeconds: 5 * 3_600, scope: 'user' }),
        limit('minute', {}),
        limit('key', { windowSeconds: 86_400, scope: 'key', match: 'name of key-1' }),
        limit('other', { windowSeconds: 86_400, scope: 'key', match: 'key-2' }),
        limit('tokens', { windowSeconds: 86_400, measure: 'tokens' }),
      ],
      budgets: [],
    }
    const limits = bench.makeFeature()
    await limits.charge(charge)
    await limits.charge(charge)
    // At noon a fixed half day has just begun. Parts of 18:45 minutes are counted since 1970: the one that is filling began
    // at 11:45, sixteen before it at 6:45, and 4:15 of nine hours of work lie after that.
    expect(await useOf(limits)).toEqual({
      'day ': 900_000_000,
      'user ada': 425_000_000,
      'minute ': 0,
      'half-day ': 0,
      'key key-1': 900_000_000,
      'other key-2': 0,
      'tokens ': 0,
    })
  })

  test('gateways hear of it with their next report, and are given nothing beyond it', async () => {
    bench.config = { limits: [limit('day', { windowSeconds: 86_400 })], budgets: [] }
    const limits = bench.makeFeature()
    const [one, two] = [new ReportingProcess(limits), new ReportingProcess(limits)]
    const report = { name: 'day', measure: 'cost', limit: 1e9, windowMs: 86_400_000, want: 5e8 } as const
    await one.use({ ...report, want: 0 })
    await limits.charge(charge)
    const alone = await one.use({ ...report, want: 0 })
    expect(alone.others.reduce((sum, [, amount]) => sum + amount, 0)).toBe(900_000_000)
    expect((await two.use(report)).grant).toBeLessThanOrEqual(100_000_000)
  })

  test('a restart of control forgets no batch that a window still holds', async () => {
    bench.config = { limits: [limit('day', { windowSeconds: 86_400 })], budgets: [] }
    await bench.makeFeature().charge(charge)
    await bench.makeFeature().charge({ ...charge, id: 'old', toMs: start - 25 * hourMs })
    const next = bench.makeFeature()
    next.start()
    await expect.poll(() => useOf(next)).toEqual({ 'day ': 900_000_000 })
    await next.charge(charge)
    expect(await useOf(next)).toEqual({ 'day ': 900_000_000 })
    await next.stop()
  })

  test('limits that no fraction of two holds exactly are shown in whole nano-dollars', async () => {
    bench.config = {
      limits: [limit('day', { limit: 0.07 })],
      budgets: [budget.parse({ name: 'day', scope: 'project', period: 'day', limitUsd: 0.07 })],
    }
    const limits = bench.makeFeature()
    const shown = async () => {
      const { items } = await limits.listUse(project, { limit: 10 })
      return items.map((row) => row.limit)
    }
    expect(await shown()).toEqual([70_000_000, 70_000_000])
    await limits.charge(charge)
    expect(await shown()).toEqual([70_000_000, 70_000_000])
  })
})
