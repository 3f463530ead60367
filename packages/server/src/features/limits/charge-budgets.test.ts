import type { Budget } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { eachPostgres } from '#platform/testing/engines.ts'
import { useLimitsBench } from './testing/limits-bench.ts'

const project = '0192aaaa-0000-7000-8000-000000000001'
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
  fromMs: Date.UTC(2026, 10, 21, 9),
  toMs: Date.UTC(2026, 10, 21, 10),
}
const budget = (name: string, more: Partial<Budget>): Budget => ({
  name,
  scope: 'project',
  period: 'month',
  limitUsd: 1,
  warnAt: [0.8],
  action: 'stop',
  unpriced: 'allow',
  ...more,
})

eachPostgres((open) => {
  const bench = useLimitsBench(open)
  const accounts = async () => {
    const rows = await bench
      .db()
      .selectFrom('budget_accounts')
      .select(['budget', 'subject', 'period', 'spent_nano'])
      .orderBy('budget')
      .execute()
    return rows.map(({ budget: name, subject, period, spent_nano }) => [
      name,
      subject,
      period,
      Number(spent_nano),
    ])
  }

  test('a charge counts in every budget of whoever made it, once, and warns', async () => {
    bench.config = {
      limits: [],
      budgets: [
        budget('all', {}),
        budget('day', { period: 'day', scope: 'user' }),
        budget('key', { scope: 'key', match: 'name of key-1' }),
        budget('model', { scope: 'model', match: 'openai/gpt' }),
        budget('other key', { scope: 'key', match: 'key-2' }),
        budget('other model', { scope: 'model', match: 'openai/other' }),
        budget('route', { scope: 'route' }),
      ],
    }
    const limits = bench.makeFeature()
    await limits.charge(charge)
    await limits.charge(charge)
    // A process that starts again has forgotten that it has charged.
    await bench.makeFeature().charge(charge)
    expect(await accounts()).toEqual([
      ['all', 'project:', '2026-11', 900_000_000],
      ['day', 'user:ada', '2026-11-21', 900_000_000],
      ['key', 'key:key-1', '2026-11', 900_000_000],
      ['model', 'model:openai/gpt', '2026-11', 900_000_000],
    ])
    const { items } = await limits.listEvents(project, { limit: 10 })
    expect(
      items.map(({ name, share }) => [name, share]).toSorted((a, b) => (String(a) < String(b) ? -1 : 1)),
    ).toEqual([
      ['all', 0.8],
      ['day', 0.8],
      ['key', 0.8],
      ['model', 0.8],
    ])
    await limits.charge({ ...charge, id: 'batch-2', costNano: 1 })
    expect((await accounts())[0]?.[3]).toBe(900_000_001)
  })

  test('a charge counts in the budgets of its app and its route; one without them counts in none', async () => {
    bench.config = {
      limits: [],
      budgets: [
        budget('app', { scope: 'app' }),
        budget('other app', { scope: 'app', match: 'chat' }),
        budget('route', { scope: 'route', match: 'nightly' }),
        budget('other route', { scope: 'route', match: 'fast' }),
      ],
    }
    const limits = bench.makeFeature()
    await limits.charge({ ...charge, id: 'batch-0' })
    expect(await accounts()).toEqual([])
    await limits.charge({ ...charge, app: 'docs', route: 'nightly' })
    expect(await accounts()).toEqual([
      ['app', 'app:docs', '2026-11', 900_000_000],
      ['route', 'route:nightly', '2026-11', 900_000_000],
    ])
  })

  test('a batch of nobody counts with the others of nobody, and without budgets nothing is written', async () => {
    const limits = bench.makeFeature()
    await limits.charge(charge)
    expect(await accounts()).toEqual([])
    bench.config = { limits: [], budgets: [budget('user', { scope: 'user' })] }
    await limits.charge({ ...charge, userId: '' })
    expect(await accounts()).toEqual([['user', 'user:(none)', '2026-11', 900_000_000]])
  })
})
