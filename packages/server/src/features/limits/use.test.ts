import { describe, expect, test } from 'vitest'
import { eachPostgres } from '#platform/testing/engines.ts'
import { start, useLimitsBench } from './testing/limits-bench.ts'
import { project, ReportingProcess } from './testing/report-by-hand.ts'

eachPostgres((open) => {
  const bench = useLimitsBench(open)

  describe('warnings', () => {
    test('are recorded once per period and share, and listed newest first', async () => {
      const limits = bench.makeFeature()
      const one = new ReportingProcess(limits)
      for (let call = 1; call <= 10; call++) {
        bench.nowMs += 1_000
        await one.spend({ subject: 'key:key-1', spentNano: 100_000, warnAt: [0.5, 0.8] })
      }
      await one.spend({ subject: 'key:key-1', spentNano: 600_000, warnAt: [0.5], period: '2026-11-22' })
      const { items } = await limits.listEvents(project, { limit: 50 })
      expect(items).toMatchObject([
        { period: '2026-11-22', share: 0.5, spentNano: 600_000 },
        { period: '2026-11-21', share: 0.8, spentNano: 800_000, at: new Date(start + 8_000).toISOString() },
        {
          share: 0.5,
          name: 'team',
          scope: 'key',
          subject: 'key-1',
          subjectName: 'name of key-1',
          limitNano: 1_000_000,
        },
      ])
      expect(items).toHaveLength(3)
      expect((await limits.listEvents(project, { limit: 50, name: 'other' })).items).toEqual([])
    })

    test('a jump over several shares records each of them', async () => {
      const limits = bench.makeFeature()
      await new ReportingProcess(limits).spend({ spentNano: 2_000_000, warnAt: [0.5, 0.8, 1, 3] })
      const { items } = await limits.listEvents(project, { limit: 50 })
      expect(items.map(({ share }) => share).toSorted((a, b) => a - b)).toEqual([0.5, 0.8, 1])
    })
  })

  describe('rates', () => {
    const part = Math.floor(start / 3_750)

    test('each process learns what the others use; alone it needs no allowance', async () => {
      const limits = bench.makeFeature()
      const one = new ReportingProcess(limits)
      const two = new ReportingProcess(limits)
      expect(await one.use({ parts: [[part, 30]], want: 5 })).toEqual({
        grant: 0,
        others: [],
        heldByOthers: 0,
      })
      expect(await two.use({ parts: [[part, 20]], want: 1_000 })).toEqual({
        grant: 17,
        others: [[part, 30]],
        heldByOthers: 0,
      })
      expect(await one.use({ parts: [[part, 40]], want: 1_000, need: 1 })).toMatchObject({
        others: [[part, 20]],
        heldByOthers: 17,
        grant: 8,
      })
    })

    test('what a process used stays in the window when it says goodbye, and what it held does not', async () => {
      const limits = bench.makeFeature()
      const [one, two] = [new ReportingProcess(limits), new ReportingProcess(limits)]
      await two.use({})
      await one.use({ parts: [[part, 30]], running: 7, want: 20 })
      await one.send({ isLast: true })
      expect(await two.use({ want: 1 })).toMatchObject({ others: [[part, 30]], heldByOthers: 0 })
      const { items } = await limits.listUse(project, { limit: 5 })
      expect(items).toMatchObject([{ name: 'calls', used: 30 }])
    })

    test('A3.10 allowances and use together stay within the limit; an allowance lapses', async () => {
      const limits = bench.makeFeature()
      const processes = Array.from({ length: 3 }, () => new ReportingProcess(limits))
      for (const one of processes) await one.use({})
      let granted = 0
      for (let round = 0; round < 30; round++) {
        const { grant } = await processes[0]!.use({ want: 100, held: granted })
        granted += grant
      }
      expect(granted).toBe(100)
      expect((await processes[1]!.use({ want: 100, need: 1 })).grant).toBe(0)
      bench.nowMs += 2_000
      expect((await processes[1]!.use({ want: 10, need: 1 })).grant).toBe(10)
    })

    test('running calls of all processes count together; those of a dead one end with it', async () => {
      const limits = bench.makeFeature()
      const one = new ReportingProcess(limits)
      const two = new ReportingProcess(limits)
      const running = { measure: 'concurrency', limit: 10, want: 1, need: 1 } as const
      await one.use({ ...running, running: 9 })
      expect(await two.use(running)).toMatchObject({ grant: 1, others: [[0, 9]] })
      expect((await two.use({ ...running, running: 1 })).grant).toBe(0)
      bench.nowMs += 7_000
      await two.send({})
      expect(await two.use({ ...running, running: 1 })).toMatchObject({ others: [] })
    })

    test('subjects without reports are forgotten', async () => {
      const limits = bench.makeFeature()
      await new ReportingProcess(limits).use({ parts: [[part, 1]] })
      expect((await limits.listUse(project, { limit: 50 })).items).toHaveLength(1)
      bench.nowMs += 121_000
      await limits.sweep()
      expect((await limits.listUse(project, { limit: 50 })).items).toEqual([])
    })
  })

  describe('the list of use', () => {
    test('says of each budget how many calls of its period had no price; without spans it says nothing', async () => {
      const limits = bench.makeFeature()
      const one = new ReportingProcess(limits)
      await one.send({ budgets: [{ spentNano: 400_000 }] })
      const call = { environment: 'production', key: 'k1', user: '', app: '', model: 'a/b', route: '' }
      bench.unpriced = async () => [
        { ...call, day: '2026-11-21', calls: 3 },
        { ...call, day: '2026-11-20', calls: 5 },
      ]
      expect((await limits.listUse(project, { limit: 50 })).items).toMatchObject([{ unpricedCalls: 3 }])
      bench.unpriced = () => Promise.reject(new Error('no spans'))
      const { items } = await limits.listUse(project, { limit: 50 })
      expect(items).toHaveLength(1)
      expect(items[0]).not.toHaveProperty('unpricedCalls')
    })

    test('shows budgets with their forecast, then rates, then what is configured and unused', async () => {
      const limits = bench.makeFeature()
      const one = new ReportingProcess(limits)
      bench.config = {
        limits: [
          {
            name: 'idle',
            scope: 'project',
            measure: 'concurrency',
            limit: 5,
            windowSeconds: 60,
            window: 'sliding',
            unpriced: 'allow',
          },
          {
            name: 'per-user',
            scope: 'user',
            measure: 'requests',
            limit: 5,
            windowSeconds: 60,
            window: 'sliding',
            unpriced: 'allow',
          },
        ],
        budgets: [
          {
            name: 'team',
            scope: 'project',
            period: 'day',
            limitUsd: 0.002,
            warnAt: [],
            action: 'stop',
            unpriced: 'allow',
          },
          {
            name: 'unused',
            scope: 'user',
            match: 'ada',
            period: 'month',
            limitUsd: 5,
            warnAt: [],
            action: 'warn',
            unpriced: 'allow',
          },
        ],
      }
      await one.send({
        budgets: [{ spentNano: 400_000 }],
        rates: [{ name: 'per-user', subject: 'user:ada', parts: [[Math.floor(start / 3_750), 3]], limit: 5 }],
      })
      const { items } = await limits.listUse(project, { limit: 50 })
      expect(items).toMatchObject([
        {
          kind: 'budget',
          name: 'team',
          scope: 'project',
          subject: '',
          unit: 'nano-dollars',
          used: 400_000,
          limit: 2_000_000,
          period: 'day',
          action: 'stop',
          resetsAt: '2026-11-22T00:00:00.000Z',
          projected: 800_000,
          projectedBy: 'rate',
        },
        { kind: 'limit', name: 'idle', unit: 'running', used: 0, limit: 5 },
        {
          kind: 'limit',
          name: 'per-user',
          scope: 'user',
          subject: 'ada',
          used: 3,
          limit: 5,
          windowSeconds: 60,
        },
        {
          kind: 'budget',
          name: 'unused',
          scope: 'user',
          subject: 'ada',
          used: 0,
          limit: 5e9,
          period: 'month',
        },
      ])
      expect((await limits.listUse(project, { limit: 50, kind: 'limit' })).items).toHaveLength(2)
      expect(
        (await limits.listUse(project, { limit: 50, kind: 'budget', name: 'unused' })).items,
      ).toHaveLength(1)
      expect(
        (await limits.listUse('00000000-0000-4000-8000-000000000009', { limit: 50, kind: 'budget' })).items,
      ).toMatchObject([
        { name: 'team', used: 0 },
        { name: 'unused', used: 0 },
      ])
    })

    test('of one key are its budgets and its rates, and nobody else is in the list', async () => {
      const limits = bench.makeFeature()
      const one = new ReportingProcess(limits)
      const parts: [number, number][] = [[Math.floor(start / 3_750), 1]]
      const subjects = ['key:key-1', 'key:key-2', 'user:key-1']
      await one.send({
        budgets: subjects.map((subject) => ({ subject, spentNano: 1 })),
        rates: subjects.map((subject) => ({ subject, parts })),
      })
      const shown = async (query: object) =>
        (await limits.listUse(project, { limit: 50, ...query })).items.map(
          ({ kind, scope, subject }) => `${kind} ${scope} ${subject}`,
        )
      expect(await shown({ scope: 'key', subject: 'key-1' })).toEqual(['budget key key-1', 'limit key key-1'])
      expect(await shown({ scope: 'user' })).toEqual(['budget user key-1', 'limit user key-1'])
      await expect(limits.listUse(project, { limit: 5, subject: 'key-1' })).rejects.toThrow(/scope=key/)
    })

    test('pages visit every row once', async () => {
      const limits = bench.makeFeature()
      const one = new ReportingProcess(limits)
      const users = Array.from({ length: 7 }, (_, index) => `user:u${index}`)
      await one.send({
        budgets: users.map((subject) => ({ subject, spentNano: 1 })),
        rates: users.map((subject) => ({
          subject,
          parts: [[Math.floor(start / 3_750), 1]] as [number, number][],
        })),
      })
      for (const limit of [1, 2, 3, 5, 7, 20]) {
        const seen: string[] = []
        let cursor: string | undefined
        do {
          const page = await limits.listUse(project, { limit, cursor })
          expect(page.items.length).toBeLessThanOrEqual(limit)
          seen.push(...page.items.map(({ kind, subject }) => `${kind} ${subject}`))
          cursor = page.nextCursor
        } while (cursor !== undefined)
        expect(seen).toHaveLength(14)
        expect(new Set(seen).size).toBe(14)
      }
      await expect(limits.listUse(project, { limit: 2, cursor: 'm.x' })).rejects.toThrow(
        /is not from this list/,
      )
    })

    test('a budget with two weeks of history is projected by the days of the week', async () => {
      const limits = bench.makeFeature()
      const one = new ReportingProcess(limits)
      for (let day = 1; day <= 21; day++) {
        bench.nowMs = Date.UTC(2026, 10, day, 12)
        await one.spend({ period: '2026-11', limitNano: 1e9, spentNano: day % 7 === 1 ? 1_000 : 100 })
      }
      const [row] = (await limits.listUse(project, { limit: 5 })).items
      // The 22nd and 29th are Sundays (1,000 each), seven other days, and half of today, a Saturday.
      expect(row).toMatchObject({ used: 4_800, projectedBy: 'weekdays', projected: 4_800 + 2_000 + 750 })
    })
  })
})
