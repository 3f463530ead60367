import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { limitsMigrations } from '../../packages/server/src/features/limits/index.ts'
import { eachPostgres } from '../harness/each-postgres.ts'
import { oneBudget, startLimitsControl, startLimitsGateway } from '../support/limit-processes.ts'

const usd = 1e9
const limitUsd = 0.01
/** As a call of a dear model reserves that names no longest answer. */
const estimateNano = 0.015 * usd
const costNano = 0.00025 * usd

eachPostgres((open) => {
  test('calls one after the other may each reserve more than is left, and none is refused before the budget is used up', async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'ratchet-estimates-'))
    const control = await startLimitsControl(await open(limitsMigrations), () => Promise.resolve(undefined))
    const gateway = startLimitsGateway({ control, dataFolder, budgets: oneBudget({ limitUsd }) })
    try {
      let spentNano = 0
      const refusedAt: number[] = []
      for (let call = 0; call < 60; call++) {
        const admission = await gateway.begin({ tokens: 0, costNano: estimateNano })
        if (admission.ok) {
          // Long enough for a report that finds the call running, now and then.
          await sleep(call % 8)
          admission.reservation.settle({ tokens: 0, costNano })
          spentNano += costNano
        } else refusedAt.push(spentNano / usd)
        await sleep(call % 5)
      }
      expect(spentNano / usd).toBeCloseTo(limitUsd, 5)
      expect(refusedAt.filter((spentUsd) => spentUsd < 0.99 * limitUsd)).toEqual([])
      expect(refusedAt.length).toBeGreaterThan(0)
    } finally {
      await gateway.stop()
      await control.stop()
      rmSync(dataFolder, { recursive: true, force: true })
    }
  })

  test.each([1.5, 0.3])(
    'what idle processes hold comes at once for a call of another one that reserves %d of the budget',
    async (share) => {
      const dataFolder = mkdtempSync(join(tmpdir(), 'ratchet-estimates-'))
      const control = await startLimitsControl(await open(limitsMigrations), () => Promise.resolve(undefined))
      const budgets = oneBudget({ limitUsd })
      const gateways = [1, 2, 3].map(() => startLimitsGateway({ control, dataFolder, budgets }))
      try {
        for (const { link } of gateways) link.hurry()
        await expect.poll(() => gateways.map(({ link }) => link.gateways)).toEqual([3, 3, 3])
        let spentNano = 0
        const waitedMs: number[] = []
        for (let call = 0; call < 40; call++) {
          const beganMs = performance.now()
          const admission = await gateways[call % 3]!.begin({ tokens: 0, costNano: share * limitUsd * usd })
          waitedMs.push(performance.now() - beganMs)
          if (!admission.ok) throw new Error(`call ${call} was refused by ${admission.refusal.name}`)
          await sleep(3)
          admission.reservation.settle({ tokens: 0, costNano })
          spentNano += costNano
        }
        expect(spentNano / usd).toBeCloseTo(limitUsd, 5)
        // Two seconds each if they held it until they have had no call for a while.
        expect(waitedMs.toSorted((a, b) => a - b)[20]).toBeLessThan(800)
        await expect.poll(() => control.spent()).toBe(spentNano)
        expect((await gateways[0]!.begin({ tokens: 0, costNano: usd })).ok).toBe(false)
      } finally {
        await Promise.all(gateways.map((gateway) => gateway.stop()))
        await control.stop()
        rmSync(dataFolder, { recursive: true, force: true })
      }
    },
  )
})
