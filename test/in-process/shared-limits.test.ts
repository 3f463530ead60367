import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { limitReport } from '@ratchet/contract'
import { makeRandom } from '@ratchet/core/statistics'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Admitted, Refused, Reservation } from '../../packages/gateway/src/limits/limited-call.ts'
import type { PostReport } from '../../packages/gateway/src/limits/sharing/post-report.ts'
import { limitsMigrations } from '../../packages/server/src/features/limits/index.ts'
import { eachPostgres } from '../harness/each-postgres.ts'
import {
  oneBudget,
  oneLimit,
  oneReport,
  startLimitsControl,
  startLimitsGateway,
  type LimitsControl,
  type LimitsGateway,
} from '../support/limit-processes.ts'

const usd = 1e9

eachPostgres((open) => {
  let control: LimitsControl
  let folder: string
  const gateways: LimitsGateway[] = []

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ratchet-limits-'))
    control = await startLimitsControl(await open(limitsMigrations), () => Promise.resolve(undefined))
  })
  afterEach(async () => {
    await Promise.all(gateways.splice(0).map((gateway) => gateway.stop()))
    await control.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const start = (more: Partial<Parameters<typeof startLimitsGateway>[0]>): LimitsGateway => {
    const gateway = startLimitsGateway({ control, dataFolder: folder, ...more })
    gateways.push(gateway)
    return gateway
  }

  /** Calls without end from `workers` clients until each was refused for a while; gives what was spent and what was odd. */
  const drive = async (
    processes: readonly LimitsGateway[],
    parts: { workers: number; cost: () => number; estimate: () => number; limitUsd: number },
  ): Promise<{ spentUsd: number; refusedEarly: number }> => {
    let spentNano = 0
    let reservedNano = 0
    let refusedEarly = 0
    const work = async (gateway: LimitsGateway): Promise<void> => {
      let refusedSince: number | undefined
      for (;;) {
        const estimate = Math.ceil(parts.estimate() * usd)
        const admission = await gateway.begin({ tokens: 0, costNano: estimate })
        if (admission.ok) {
          refusedSince = undefined
          reservedNano += estimate
          await sleep(2 + 6 * Math.random())
          const costNano = Math.ceil(parts.cost() * usd)
          reservedNano -= estimate
          spentNano += costNano
          admission.reservation.settle({ tokens: 0, costNano })
        } else {
          // Where the machine stood still, control seemed to be gone, and a fair share has its end earlier.
          const isEarly = spentNano + reservedNano < 0.97 * parts.limitUsd * usd
          if (isEarly && !gateway.link.isUnreachable) refusedEarly += 1
          refusedSince ??= Date.now()
          // What another process holds and does not need comes in time, and a machine may stand still meanwhile.
          const isUsedUp = spentNano > 0.99 * parts.limitUsd * usd
          if (Date.now() - refusedSince > (isUsedUp ? 4_000 : 20_000)) return
          await sleep(20 + 30 * Math.random())
        }
      }
    }
    await Promise.all(
      processes.flatMap((gateway) => Array.from({ length: parts.workers }, () => work(gateway))),
    )
    return { spentUsd: spentNano / usd, refusedEarly }
  }

  const between =
    (random: () => number, [low, high]: readonly [number, number]): (() => number) =>
    () =>
      low + (high - low) * random()

  describe('A3.10 a budget holds to within 1 %, can be used up, and refuses nobody before', () => {
    test.each([
      { name: 'costs as estimated', cost: [0.001, 0.001], estimate: 0.001 },
      { name: 'costs at random around the estimate', cost: [0.0002, 0.0018], estimate: 0.001 },
      { name: 'costs far below what is reserved', cost: [0.0005, 0.0015], estimate: 0.01 },
    ] as const)('64 calls at once in each of three processes: $name', async ({ name, cost, estimate }) => {
      const limitUsd = 12
      const budgets = oneBudget({ limitUsd })
      const { spentUsd, refusedEarly } = await drive(
        [start({ budgets }), start({ budgets }), start({ budgets })],
        {
          workers: 64,
          cost: between(makeRandom(name), cost),
          estimate: () => estimate,
          limitUsd,
        },
      )
      expect(spentUsd).toBeGreaterThan(0.99 * limitUsd)
      expect(spentUsd).toBeLessThan(1.01 * limitUsd)
      expect(refusedEarly).toBe(0)
      await expect.poll(() => control.spent()).toBe(Math.round(spentUsd * usd))
    })

    test('reports are lost, late and doubled on the way', async () => {
      const limitUsd = 6
      const random = makeRandom('network')
      const wrap =
        (post: PostReport): PostReport =>
        async (body) => {
          if (random() < 0.1) return { kind: 'unavailable', message: 'the report was lost' }
          if (random() < 0.2) await sleep(100 * random())
          const answer = post(body)
          if (random() < 0.2) setTimeout(() => void post(body), 150 * random())
          if (random() < 0.1)
            return answer.then(() => ({ kind: 'unavailable', message: 'the answer was lost' }))
          return answer
        }
      const budgets = oneBudget({ limitUsd })
      const processes = [1, 2, 3].map(() => start({ budgets, wrap }))
      const { spentUsd } = await drive(processes, {
        workers: 16,
        cost: between(random, [0.0005, 0.0015]),
        estimate: () => 0.001,
        limitUsd,
      })
      expect(spentUsd).toBeGreaterThan(0.99 * limitUsd)
      expect(spentUsd).toBeLessThan(1.01 * limitUsd)
      await Promise.all(processes.map((gateway) => gateway.stop()))
      await expect.poll(() => control.spent()).toBe(Math.round(spentUsd * usd))
    })
  })

  describe('A3.8 the ledger is not on the path of a call', () => {
    const cent = { tokens: 0, costNano: 0.0001 * usd }

    test('calls do not wait for a ledger that takes half a second', async () => {
      const wrap =
        (post: PostReport): PostReport =>
        async (body) => {
          await sleep(500)
          return post(body)
        }
      const gateway = start({ budgets: oneBudget({ limitUsd: 10 }), wrap })
      // The first call of a subject has to hear what is left.
      ;(await admitted(gateway.begin(cent))).settle(cent)
      await sleep(600)
      const before = gateway.waits()
      for (let call = 0; call < 300; call++) {
        ;(await admitted(gateway.begin(cent))).settle(cent)
        await sleep(3)
      }
      expect(gateway.waits() - before).toBeLessThan(10)
    })

    test('reports take as long with 100,000 accounts in the ledger as with none', async () => {
      const gateway = start({ budgets: oneBudget({ limitUsd: 10 }) })
      const medianMs = async (): Promise<number> => {
        const times: number[] = []
        for (let round = 0; round < 30; round++) {
          const startedMs = performance.now()
          await control.limits.report(oneReport(round))
          times.push(performance.now() - startedMs)
        }
        return times.toSorted((a, b) => a - b)[15] ?? Number.NaN
      }
      await medianMs()
      const emptyMs = await medianMs()
      await control.fill(100_000)
      // Asked again where other work has the processors for a while.
      await expect.poll(medianMs).toBeLessThan(Math.max(3 * emptyMs, emptyMs + 10))
      ;(await admitted(gateway.begin(cent))).settle(cent)
    })
  })

  describe('without control', () => {
    const dime = { tokens: 0, costNano: 0.01 * usd }
    const journals = (): string[] =>
      readdirSync(join(folder, 'limits')).filter((name) => name.endsWith('.ndjson'))
    const linesOf = (name: string): string[] =>
      readFileSync(join(folder, 'limits', name), 'utf8')
        .trim()
        .split('\n')
    /** What the journals say was spent. */
    const inJournal = (): number =>
      journals()
        .flatMap(linesOf)
        .flatMap((line) => limitReport.parse(JSON.parse(line)).budgets)
        .reduce((sum, { spentNano }) => sum + spentNano, 0)
    const useAll = async (gateway: LimitsGateway): Promise<number> => {
      for (let calls = 0; ; calls++) {
        const admission = await gateway.begin(dime)
        if (!admission.ok) return calls
        admission.reservation.settle(dime)
      }
    }

    test('A3.7 processes go on with a fair share each, keep what they used, and tell it when control is back', async () => {
      const budgets = oneBudget({ limitUsd: 12 })
      const processes = [start({ budgets }), start({ budgets }), start({ budgets })]
      for (const gateway of processes) (await admitted(gateway.begin(dime))).settle(dime)
      // Everybody has heard of the other two.
      await expect.poll(() => processes.map(({ link }) => link.gateways)).toEqual([3, 3, 3])
      await expect.poll(() => control.spent()).toBe(3 * dime.costNano)
      await sleep(2_500)
      await control.goDown()
      const calls = await Promise.all(processes.map(useAll))
      for (const count of calls) expect(count).toBeGreaterThan(350)
      const spent = (calls.reduce((sum, count) => sum + count, 0) + 3) * dime.costNano
      expect(spent).toBeGreaterThan(0.97 * 12 * usd)
      expect(spent).toBeLessThan(1.02 * 12 * usd)
      expect(await control.spent()).toBe(3 * dime.costNano)
      await control.comeBack()
      await expect.poll(() => control.spent()).toBe(spent)
    })

    test('A3.7 a process that never met control serves, and one that is killed leaves its use to the next', async () => {
      const budgets = oneBudget({ limitUsd: 1 })
      await control.goDown()
      const first = start({ budgets })
      expect(await useAll(first)).toBe(100)
      await expect.poll(inJournal).toBe(1 * usd)
      first.kill()
      await control.comeBack()
      const next = start({ budgets })
      next.link.hurry()
      await expect.poll(() => control.spent()).toBe(1 * usd)
      await expect.poll(async () => (await next.begin(dime)).ok).toBe(false)
      await expect.poll(journals).toEqual([])
    })

    test('A3.6 what thousands of users spend meanwhile goes to disk and is told completely', async () => {
      await control.goDown()
      const gateway = start({ budgets: oneBudget({ scope: 'user', limitUsd: 1 }) })
      const users = 9_000
      for (let user = 0; user < users; user++) {
        ;(await admitted(gateway.begin(dime, { user: `user-${user}` }))).settle(dime)
        if (user % 500 === 0) await sleep(60)
      }
      await expect.poll(inJournal).toBe(users * dime.costNano)
      expect(journals().flatMap(linesOf).length).toBeGreaterThan(3)
      ;(await admitted(gateway.begin(dime, { user: 'user-1' }))).settle(dime)
      await control.comeBack()
      await expect.poll(() => control.spent()).toBe((users + 1) * dime.costNano)
    })

    test('a restart without control remembers what was spent', async () => {
      const budgets = oneBudget({ limitUsd: 1 })
      const first = start({ budgets })
      for (let call = 0; call < 60; call++) (await admitted(first.begin(dime))).settle(dime)
      await expect.poll(() => control.spent()).toBe(60 * dime.costNano)
      await first.stop()
      await control.goDown()
      expect(await useAll(start({ budgets }))).toBe(40)
    })
  })

  describe('rates', () => {
    const call = { tokens: 0, costNano: 0 }

    test('A3.10 three processes together stay within a limit of requests, and reach it', async () => {
      const limits = oneLimit({ measure: 'requests', limit: 300, windowSeconds: 60 })
      const processes = [start({ limits }), start({ limits }), start({ limits })]
      await meet(processes)
      let count = 0
      const end = Date.now() + 20_000
      await Promise.all(
        processes.flatMap((gateway) =>
          Array.from({ length: 64 }, async () => {
            for (let tries = 0; tries < 40 || (count < 297 && Date.now() < end); tries++) {
              const admission = await gateway.begin(call)
              if (admission.ok) count += 1
              await sleep(20 * Math.random())
            }
          }),
        ),
      )
      expect(count).toBeLessThanOrEqual(300)
      expect(count).toBeGreaterThanOrEqual(297)
    })

    test.each([
      { name: 'stopped calling', end: () => undefined },
      { name: 'was killed', end: (gateway: LimitsGateway) => gateway.kill() },
    ])('what one process holds is not lost to the other when it $name', async ({ end }) => {
      const limits = oneLimit({ measure: 'requests', limit: 300, windowSeconds: 3_600 })
      const [one, two] = [start({ limits }), start({ limits })]
      await meet([one, two])
      await admitted(two.begin(call))
      for (let count = 1; count < 100; count++) {
        await admitted(one.begin(call))
        await sleep(3)
      }
      end(one)
      for (let count = 0; count < 200; count += 16) {
        const calls = Array.from({ length: Math.min(16, 200 - count) }, () => admitted(two.begin(call)))
        await Promise.all(calls)
      }
      await expect.poll(async () => (await two.begin(call)).ok).toBe(false)
    })

    test('a process that starts after another one has ended finds what that one used', async () => {
      const limits = oneLimit({ measure: 'cost', limit: 1, windowSeconds: 86_400 })
      const cent = { tokens: 0, costNano: 0.01 * usd }
      const before = start({ limits })
      for (let count = 0; count < 100; count++) (await admitted(before.begin(cent))).settle(cent)
      await before.stop()
      const after = start({ limits })
      let count = 0
      await expect
        .poll(async () => {
          const admission = await after.begin(cent)
          if (admission.ok) admission.reservation.settle(cent)
          count += admission.ok ? 1 : 0
          return admission.ok
        })
        .toBe(false)
      // Alone it would have had a hundred of its own.
      expect(count).toBeLessThan(100)
    })

    test('A3.10 no more calls run at the same time than allowed, over all processes', async () => {
      const limits = oneLimit({
        measure: 'concurrency',
        limit: 10,
        queue: { maxWaitMs: 20_000, maxRequests: 1_000 },
      })
      const processes = [start({ limits }), start({ limits }), start({ limits })]
      await meet(processes)
      let running = 0
      let most = 0
      const work = async (gateway: LimitsGateway): Promise<void> => {
        const reservation = await admitted(gateway.begin(call))
        running += 1
        most = Math.max(most, running)
        await sleep(5 + 10 * Math.random())
        running -= 1
        reservation.settle(call)
      }
      await Promise.all(processes.flatMap((gateway) => Array.from({ length: 60 }, () => work(gateway))))
      expect(most).toBeLessThanOrEqual(10)
      expect(most).toBeGreaterThanOrEqual(8)
    })
  })
})

/** Waits until the processes know of each other. */
async function meet(processes: readonly LimitsGateway[]): Promise<void> {
  for (const { link } of processes) link.hurry()
  await expect
    .poll(() => processes.map(({ link }) => link.gateways))
    .toEqual(processes.map(() => processes.length))
}

async function admitted(admission: Promise<Admitted | Refused>): Promise<Reservation> {
  const decided = await admission
  if (!decided.ok) throw new Error(`refused by ${decided.refusal.name}`)
  return decided.reservation
}
