import { makeRandom, randomInteger } from '@ratchet/core/statistics'
import { describe, expect, test } from 'vitest'
import { eachPostgres } from '#platform/testing/engines.ts'
import type { Limits } from './index.ts'
import { useLimitsBench } from './testing/limits-bench.ts'
import { ReportingProcess } from './testing/report-by-hand.ts'

eachPostgres((open) => {
  const bench = useLimitsBench(open)

  describe('the ledger of budgets', () => {
    test('A3.10 what is spent and held together never exceeds the limit, and the limit is reached', async () => {
      const limits = bench.makeFeature()
      const random = makeRandom('ledger')
      const upTo = (most: number): number => randomInteger(random, most + 1)
      const processes = Array.from({ length: 3 }, () => ({
        to: new ReportingProcess(limits),
        held: 0,
        spent: 0,
      }))
      for (let round = 0; round < 400 && (await bench.spent()) < 1_000_000; round++) {
        const one = processes[upTo(2)]!
        const spentNano = upTo(one.held)
        const heldNano = upTo(one.held - spentNano)
        const answer = await one.to.spend({
          spentNano,
          heldNano,
          wantNano: upTo(100_000),
          needNano: upTo(500),
        })
        one.spent += spentNano
        one.held = heldNano + answer.grantNano
        const total = processes.reduce((sum, { held, spent }) => sum + held + spent, 0)
        expect(total).toBeLessThanOrEqual(1_000_000)
        expect(answer.restNano).toBe(1_000_000 - total)
      }
      expect(await bench.spent()).toBeGreaterThan(990_000)
    })

    test('the last process gets all that is left', async () => {
      const single = new ReportingProcess(bench.makeFeature())
      let heldNano = 0
      for (let round = 0; round < 50; round++) {
        heldNano += (await single.spend({ heldNano, wantNano: 1_000_000 })).grantNano
      }
      expect(heldNano).toBe(1_000_000)
      expect((await single.spend({ heldNano, wantNano: 10, needNano: 10 })).grantNano).toBe(0)
    })

    test('A3.10 a report that is sent again counts once and is answered as before', async () => {
      const one = new ReportingProcess(bench.makeFeature())
      const report = one.make({ budgets: [{ spentNano: 300, heldNano: 50, wantNano: 1_000 }] })
      const limits = bench.makeFeature()
      const first = await limits.report(report)
      const again = await limits.report(report)
      expect(again.budgets[0]).toMatchObject({ grantNano: first.budgets[0]!.grantNano, spentNano: 300 })
      expect(await bench.spent()).toBe(300)
    })

    test('a report that comes after a later one changes nothing', async () => {
      const limits = bench.makeFeature()
      const one = new ReportingProcess(limits)
      const early = one.make({ budgets: [{ spentNano: 100, wantNano: 500 }] })
      const late = one.make({ budgets: [{ spentNano: 10, heldNano: 5 }] })
      await limits.report(early)
      await limits.report(late)
      expect((await limits.report(early)).budgets[0]?.grantNano).toBe(0)
      expect(await bench.spent()).toBe(110)
    })

    test('one report may tell of an account twice', async () => {
      const one = new ReportingProcess(bench.makeFeature())
      const { budgets } = await one.send({
        budgets: [
          { spentNano: 7, heldNano: 10 },
          { subject: 'user:ada', spentNano: 1 },
          { spentNano: 5, wantNano: 100 },
        ],
      })
      expect(budgets.map(({ spentNano }) => spentNano)).toEqual([12, 1, 12])
      expect(budgets[2]?.grantNano).toBe(0)
      expect(budgets[0]?.grantNano).toBe(100)
    })

    test('many processes report the same accounts at once without waiting for each other', async () => {
      const limits = bench.makeFeature()
      const budgets = ['a', 'b', 'c', 'd'].map((user) => ({ subject: `user:${user}`, spentNano: 1 }))
      const processes = Array.from({ length: 8 }, () => new ReportingProcess(limits))
      for (let round = 0; round < 5; round++) {
        await Promise.all(
          processes.map((one, index) =>
            one.send({ budgets: index % 2 === 0 ? budgets : budgets.toReversed() }),
          ),
        )
      }
      expect(await bench.spent()).toBe(160)
    })

    test('a goodbye gives back what is held', async () => {
      const limits = bench.makeFeature()
      const leaving = new ReportingProcess(limits)
      await leaving.spend({ wantNano: 1_000_000 })
      const staying = new ReportingProcess(limits)
      expect((await staying.spend({})).heldByOthersNano).toBeGreaterThan(400_000)
      await leaving.send({ isLast: true })
      expect((await staying.spend({})).heldByOthersNano).toBe(0)
    })

    test('another project, budget, subject or period is another account', async () => {
      const one = new ReportingProcess(bench.makeFeature())
      await one.spend({ spentNano: 999_999 })
      for (const other of [
        { project: '00000000-0000-4000-8000-000000000002' },
        { name: 'other' },
        { subject: 'user:ada' },
        { period: '2026-11' },
      ]) {
        expect((await one.spend({ ...other, spentNano: 1 })).spentNano).toBe(1)
      }
    })

    test('A3.15 a name that the database cannot hold is no way around a budget', async () => {
      const one = new ReportingProcess(bench.makeFeature())
      const user = { subject: 'user:a\0b\ud800' }
      await one.spend({ ...user, spentNano: 999_000, wantNano: 100 })
      const again = await one.spend({ ...user, spentNano: 900, wantNano: 5_000, needNano: 5_000 })
      expect(again).toMatchObject({ spentNano: 999_900, grantNano: 100 })
    })

    test('amounts beyond the exact integers of JavaScript are taken', async () => {
      const one = new ReportingProcess(bench.makeFeature())
      const { spentNano } = await one.spend({ limitNano: 1e18, spentNano: 2e16, wantNano: 1e17 })
      expect(spentNano).toBe(2e16)
    })
  })

  describe('processes that fall silent', () => {
    const silence = async (limits: Limits) => {
      bench.nowMs += 20_000
      return limits.sweep()
    }

    test('all that a killed process held counts as spent when spans cannot tell', async () => {
      const limits = bench.makeFeature()
      const { grantNano } = await new ReportingProcess(limits).spend({ spentNano: 100, wantNano: 5_000 })
      expect(await silence(limits)).toBe(1)
      expect(await bench.spent()).toBe(100 + grantNano)
      expect(await silence(limits)).toBe(0)
    })

    test('spans say what a killed process spent after its last report, at most what it held', async () => {
      const limits = bench.makeFeature()
      await new ReportingProcess(limits).spend({ spentNano: 100, heldNano: 900 })
      bench.spans = () => Promise.resolve(350)
      await silence(limits)
      expect(await bench.spent()).toBe(350)
      await new ReportingProcess(limits).spend({ subject: 'user:ada', heldNano: 500 })
      bench.spans = () => Promise.resolve(9_999)
      await silence(limits)
      expect(await bench.spent()).toBe(850)
    })

    test('one that speaks again tells the truth, which replaces the assumption', async () => {
      const limits = bench.makeFeature()
      const one = new ReportingProcess(limits)
      await one.spend({ spentNano: 100, heldNano: 900 })
      await silence(limits)
      expect(await bench.spent()).toBe(1_000)
      await one.spend({ spentNano: 30, heldNano: 870 })
      expect(await bench.spent()).toBe(130)
    })

    test('what it left in its folder is not counted beside what was assumed', async () => {
      const limits = bench.makeFeature()
      const one = new ReportingProcess(limits)
      await one.spend({ spentNano: 100, heldNano: 500 })
      await silence(limits)
      await one.spend({ spentNano: 200 }, { isLeftBehind: true })
      expect(await bench.spent()).toBe(600)
      await one.spend({ spentNano: 400 }, { isLeftBehind: true })
      expect(await bench.spent()).toBe(700)
    })

    test('while it says that it is alive nothing is taken from it; a control that has just started waits', async () => {
      const limits = bench.makeFeature()
      const one = new ReportingProcess(limits)
      await one.spend({ heldNano: 500 })
      for (let round = 0; round < 10; round++) {
        bench.nowMs += 2_000
        await one.send({})
      }
      expect(await limits.sweep()).toBe(0)
      bench.nowMs += 60_000
      expect(await bench.makeFeature().sweep()).toBe(0)
      expect(await limits.sweep()).toBe(1)
    })
  })
})
